"""Image encodings of ``sensor_msgs/Image`` and how each becomes RGB.

Names are those of ``sensor_msgs/image_encodings.hpp``; depth units are those of REP 118.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Encoding:
    """Memory layout of one encoding.

    Attributes:
        dtype: Type of one channel, native byte order.
        channels: Channels of one pixel in memory.
        to_rgb: Turns the (H, W, channels) array into uint8 (H, W, 3) RGB; None for depth.
        meters: Metres of one unit for depth encodings, else None.
        pixel_block: (rows, columns) of which height and width must be multiples.
        stored_rows: Rows in memory for each 2 image rows (3 for the semi-planar 4:2:0 formats).
    """

    dtype: type[np.generic]
    channels: int
    to_rgb: Callable[[np.ndarray], np.ndarray] | None
    meters: float | None = None
    pixel_block: tuple[int, int] = (1, 1)
    stored_rows: int = 2

    @property
    def pixel_bytes(self) -> int:
        """Bytes of one pixel in a row."""
        return np.dtype(self.dtype).itemsize * self.channels


def _by_opencv(code: int) -> Callable[[np.ndarray], np.ndarray]:
    def convert(image: np.ndarray) -> np.ndarray:
        if image.shape[2] == 1:
            image = image[..., 0]
        return np.asarray(cv2.cvtColor(np.ascontiguousarray(image), code))

    return convert


def _mono16(image: np.ndarray) -> np.ndarray:
    # The full 16-bit range is mapped onto 8 bits, as cv_bridge does: 65535 becomes 255.
    scaled = (image[..., 0].astype(np.uint32) + 128) // 257
    return np.asarray(cv2.cvtColor(scaled.astype(np.uint8), cv2.COLOR_GRAY2RGB))


def _same(image: np.ndarray) -> np.ndarray:
    return image


def _color(channels: int, code: int, **layout: object) -> Encoding:
    return Encoding(np.uint8, channels, _by_opencv(code), **layout)  # type: ignore[arg-type]


_GRAY = _color(1, cv2.COLOR_GRAY2RGB)
_BGR = _color(3, cv2.COLOR_BGR2RGB)
_UYVY = _color(2, cv2.COLOR_YUV2RGB_UYVY, pixel_block=(1, 2))
_YUYV = _color(2, cv2.COLOR_YUV2RGB_YUY2, pixel_block=(1, 2))

ENCODINGS: dict[str, Encoding] = {
    'rgb8': Encoding(np.uint8, 3, _same),
    'bgr8': _BGR,
    'rgba8': _color(4, cv2.COLOR_RGBA2RGB),
    'bgra8': _color(4, cv2.COLOR_BGRA2RGB),
    'mono8': _GRAY,
    'mono16': Encoding(np.uint16, 1, _mono16),
    # The generic types carry no colour order; OpenCV publishers mean BGR.
    '8UC1': _GRAY,
    '8UC3': _BGR,
    '8UC4': _color(4, cv2.COLOR_BGRA2RGB),
    'yuv422': _UYVY,
    'uyvy': _UYVY,
    'yuv422_yuy2': _YUYV,
    'yuyv': _YUYV,
    'nv12': _color(1, cv2.COLOR_YUV2RGB_NV12, pixel_block=(2, 2), stored_rows=3),
    'nv21': _color(1, cv2.COLOR_YUV2RGB_NV21, pixel_block=(2, 2), stored_rows=3),
    'bayer_rggb8': _color(1, cv2.COLOR_BayerRGGB2RGB, pixel_block=(2, 2)),
    'bayer_bggr8': _color(1, cv2.COLOR_BayerBGGR2RGB, pixel_block=(2, 2)),
    'bayer_gbrg8': _color(1, cv2.COLOR_BayerGBRG2RGB, pixel_block=(2, 2)),
    'bayer_grbg8': _color(1, cv2.COLOR_BayerGRBG2RGB, pixel_block=(2, 2)),
    '16UC1': Encoding(np.uint16, 1, None, meters=0.001),
    '32FC1': Encoding(np.float32, 1, None, meters=1.0),
}
