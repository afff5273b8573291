"""``FrameResult`` to ``efficientsam3_ros/msg/InstanceArray`` and back."""

from __future__ import annotations

import array
from collections.abc import Callable
from typing import Any

import numpy as np

from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState
from efficientsam3_ros.core.messages.stamps import to_nanoseconds


def fill_instances(
    message: Any, result: FrameResult, header: Any, new_instance: Callable[[], Any]
) -> Any:
    """Write a result into a message.

    Args:
        message: An empty ``InstanceArray``.
        result: What the tracker said of one frame.
        header: The source image's header, which is passed on verbatim.
        new_instance: Makes an empty ``Instance`` message.

    Returns:
        The message.
    """
    message.header = header
    message.height, message.width = result.height, result.width
    message.prompt_version = result.prompt_version
    message.instances = [_fill(new_instance(), item) for item in result.instances]
    return message


def _fill(message: Any, item: Instance) -> Any:
    message.track_id = item.track_id
    message.label = item.label
    message.concept = item.concept
    message.score = float(item.score)
    message.mask_quality = float(item.mask_quality)
    message.state = int(item.state)
    message.age = item.age
    message.area = item.area
    message.roi.x_offset, message.roi.y_offset = item.mask.x, item.mask.y
    message.roi.height, message.roi.width = item.mask.roi_height, item.mask.roi_width
    counts = array.array('I')
    counts.frombytes(np.ascontiguousarray(item.mask.counts, np.uint32).tobytes())
    message.counts = counts
    return message


def read_instances(message: Any) -> FrameResult:
    """Read an ``InstanceArray`` message.

    Raises:
        ValueError: If a mask leaves the image, its run lengths do not fill its region, or a
            state is unknown.
    """
    return FrameResult(
        stamp_ns=to_nanoseconds(message.header.stamp),
        frame_id=message.header.frame_id,
        height=message.height,
        width=message.width,
        prompt_version=message.prompt_version,
        instances=tuple(_read(item, message.height, message.width) for item in message.instances),
    )


def _read(message: Any, height: int, width: int) -> Instance:
    roi = message.roi
    counts = np.array(message.counts, np.uint32)
    return Instance(
        track_id=message.track_id,
        label=message.label,
        concept=message.concept,
        score=message.score,
        mask=Rle(height, width, roi.x_offset, roi.y_offset, roi.height, roi.width, counts),
        state=TrackState(message.state),
        age=message.age,
        mask_quality=message.mask_quality,
    )
