"""One camera image on its way through the tracker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Frame:
    """A colour image with the time at which it was taken.

    Attributes:
        rgb: uint8 array (H, W, 3), RGB order, H and W at least 1.
        stamp_ns: Acquisition time in nanoseconds, as the source gave it.
        frame_id: Name of the camera's optical frame (REP 103: x right, y down, z forward).

    Raises:
        ValueError: If the array is not a non-empty uint8 RGB image.
    """

    rgb: np.ndarray
    stamp_ns: int = 0
    frame_id: str = ''

    def __post_init__(self) -> None:
        if self.rgb.ndim != 3 or self.rgb.shape[2] != 3 or self.rgb.dtype != np.uint8:
            raise ValueError(
                f'A frame is a uint8 array of shape (H, W, 3); got {self.rgb.dtype} '
                f'{self.rgb.shape}. Convert the image to 8-bit RGB first.'
            )
        if 0 in self.rgb.shape:
            raise ValueError(f'The image is empty: shape {self.rgb.shape}.')

    @property
    def height(self) -> int:
        """Rows in pixels."""
        return int(self.rgb.shape[0])

    @property
    def width(self) -> int:
        """Columns in pixels."""
        return int(self.rgb.shape[1])


@dataclass(frozen=True, kw_only=True)
class PointFrame(Frame):
    """A colour image of which each pixel has a point in space.

    Attributes:
        points: float32 (H, W, 3), metres, NaN where nothing was measured; in the camera's optical
            frame, if the source knows it.

    Raises:
        ValueError: If points and image have different sizes.
    """

    points: np.ndarray

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.points.shape != self.rgb.shape or self.points.dtype != np.float32:
            raise ValueError(
                f'Points are {self.points.dtype} {self.points.shape}, the image is '
                f'{self.rgb.shape}; each pixel needs a float32 point.'
            )
