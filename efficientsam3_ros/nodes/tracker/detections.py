"""``vision_msgs/Detection2DArray`` for tools that know nothing of our messages."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from efficientsam3_ros.core import FrameResult, Instance


def detection_messages() -> Any | None:
    """Return the module ``vision_msgs.msg``, or None where it is not installed."""
    return import_module('vision_msgs.msg') if find_spec('vision_msgs') else None


def fill_detections(messages: Any, result: FrameResult, header: Any) -> Any:
    """Write the visible instances as boxes.

    Args:
        messages: ``vision_msgs.msg``.
        result: What the tracker said of one frame.
        header: The source image's header, given to the array and to every detection.

    Returns:
        A ``Detection2DArray``: ``id`` is the track id, ``class_id`` the concept.
    """
    array = messages.Detection2DArray()
    array.header = header
    array.detections = [
        _fill(messages, item, header) for item in result.instances if item.mask.area
    ]
    return array


def _fill(messages: Any, item: Instance, header: Any) -> Any:
    detection = messages.Detection2D()
    detection.header = header
    detection.id = str(item.track_id)
    x0, y0, x1, y1 = item.mask.box_xyxy
    detection.bbox.center.position.x = (x0 + x1) / 2
    detection.bbox.center.position.y = (y0 + y1) / 2
    detection.bbox.size_x, detection.bbox.size_y = float(x1 - x0), float(y1 - y0)
    hypothesis = messages.ObjectHypothesisWithPose()
    hypothesis.hypothesis.class_id = item.concept
    hypothesis.hypothesis.score = float(item.score)
    detection.results = [hypothesis]
    return detection
