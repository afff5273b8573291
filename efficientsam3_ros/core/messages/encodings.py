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
        stored_rows: Rows in memory for each 2 image rows: 2 for packed pixels; 3 and 6 for the
            semi-planar formats 4:2:0 and 4:4:4, whose chroma follows the luma.
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


def _by_opencv_in_16_bits(code: int) -> Callable[[np.ndarray], np.ndarray]:
    convert = _by_opencv(code)

    def scaled(image: np.ndarray) -> np.ndarray:
        # The full 16-bit range is mapped onto 8 bits, as cv_bridge does: 65535 becomes 255.
        return ((convert(image).astype(np.uint32) + 128) // 257).astype(np.uint8)

    return scaled


def _rgb16(image: np.ndarray) -> np.ndarray:
    return ((image.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _nv24(image: np.ndarray) -> np.ndarray:
    """Convert 4:4:4, which OpenCV lacks, as 4:2:2 of twice the width."""
    width, height = image.shape[1], image.shape[0] // 3
    luma, chroma = image[:height, :, 0], image[height:].reshape(height, width, 2)
    pairs = np.dstack([chroma[..., 0], luma, chroma[..., 1], luma]).reshape(height, -1, 2)
    doubled = cv2.cvtColor(pairs, cv2.COLOR_YUV2RGB_UYVY)
    return np.ascontiguousarray(doubled[:, ::2])


def _same(image: np.ndarray) -> np.ndarray:
    return image


def _color(channels: int, code: int, **layout: object) -> Encoding:
    return Encoding(np.uint8, channels, _by_opencv(code), **layout)  # type: ignore[arg-type]


def _deep(channels: int, code: int, **layout: object) -> Encoding:
    convert = _by_opencv_in_16_bits(code)
    return Encoding(np.uint16, channels, convert, **layout)  # type: ignore[arg-type]


_GRAY = _color(1, cv2.COLOR_GRAY2RGB)
_BGR = _color(3, cv2.COLOR_BGR2RGB)
_BGR16 = _deep(3, cv2.COLOR_BGR2RGB)
_BGRA16 = _deep(4, cv2.COLOR_BGRA2RGB)
_UYVY = _color(2, cv2.COLOR_YUV2RGB_UYVY, pixel_block=(1, 2))
_YUYV = _color(2, cv2.COLOR_YUV2RGB_YUY2, pixel_block=(1, 2))

_BAYER = {
    'rggb': cv2.COLOR_BayerRGGB2RGB,
    'bggr': cv2.COLOR_BayerBGGR2RGB,
    'gbrg': cv2.COLOR_BayerGBRG2RGB,
    'grbg': cv2.COLOR_BayerGRBG2RGB,
}

ENCODINGS: dict[str, Encoding] = {
    'rgb8': Encoding(np.uint8, 3, _same),
    'bgr8': _BGR,
    'rgba8': _color(4, cv2.COLOR_RGBA2RGB),
    'bgra8': _color(4, cv2.COLOR_BGRA2RGB),
    'mono8': _GRAY,
    'mono16': _deep(1, cv2.COLOR_GRAY2RGB),
    'rgb16': Encoding(np.uint16, 3, _rgb16),
    'bgr16': _BGR16,
    'rgba16': _deep(4, cv2.COLOR_RGBA2RGB),
    'bgra16': _BGRA16,
    # The generic types carry no colour order; OpenCV publishers mean BGR.
    '8UC1': _GRAY,
    '8UC3': _BGR,
    '8UC4': _color(4, cv2.COLOR_BGRA2RGB),
    '16UC3': _BGR16,
    '16UC4': _BGRA16,
    'yuv422': _UYVY,
    'uyvy': _UYVY,
    'yuv422_yuy2': _YUYV,
    'yuyv': _YUYV,
    'nv12': _color(1, cv2.COLOR_YUV2RGB_NV12, pixel_block=(2, 2), stored_rows=3),
    'nv21': _color(1, cv2.COLOR_YUV2RGB_NV21, pixel_block=(2, 2), stored_rows=3),
    'nv24': Encoding(np.uint8, 1, _nv24, stored_rows=6),
    **{
        f'bayer_{pattern}{bits}': make(1, code, pixel_block=(2, 2))
        for pattern, code in _BAYER.items()
        for bits, make in ((8, _color), (16, _deep))
    },
    '16UC1': Encoding(np.uint16, 1, None, meters=0.001),
    '32FC1': Encoding(np.float32, 1, None, meters=1.0),
}
