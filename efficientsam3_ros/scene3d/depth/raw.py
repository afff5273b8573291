"""Depth from rows of pixels, as ``sensor_msgs/Image`` carries them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from efficientsam3_ros.core.messages import image_codec


@dataclass(frozen=True)
class RawDepth:
    """The fields of a ``sensor_msgs/Image`` that decide its pixels, for sources without messages.

    Attributes:
        height: Rows.
        width: Columns.
        encoding: ``16UC1``, ``mono16`` (millimetres) or ``32FC1`` (metres).
        step: Bytes from one row to the next.
        data: The rows, as bytes or anything with a buffer.
        is_bigendian: Whether the most significant byte of a value comes first.
    """

    height: int
    width: int
    encoding: str
    step: int
    data: Any
    is_bigendian: bool = False


def decode_depth(image: Any) -> np.ndarray:
    """Read a depth image; the unit follows from the encoding (REP 118).

    Args:
        image: A ``RawDepth``, a ``sensor_msgs/Image`` or its look-alike, in 16UC1 or mono16
            (millimetres), or 32FC1 (metres).

    Returns:
        float32 (H, W), metres along the optical axis; NaN where the value is 0, negative, NaN or
        infinite.

    Raises:
        ImageError: If the encoding is not depth, or the data do not fit the size.
    """
    if image.encoding == 'mono16':
        # Some drivers name the type of the pixels and not their meaning. The unit is the same.
        image = RawDepth(
            image.height, image.width, '16UC1', image.step, image.data, bool(image.is_bigendian)
        )
    return image_codec.decode_depth(image)
