"""Results as ``vision_msgs``, for tools without our messages, where that package is installed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from efficientsam3_ros.core import FrameResult, Instance


def vision_messages() -> Any | None:
    """Return ``vision_msgs.msg``; None if it is not installed."""
    return import_module('vision_msgs.msg') if find_spec('vision_msgs') else None


def fill_label_info(messages: Any, result: FrameResult, header: Any, threshold: float) -> Any:
    """Say which concept each value of the label image stands for.

    Args:
        messages: ``vision_msgs.msg``.
        result: What the tracker said of one frame.
        header: The source image's header.
        threshold: Score from which a detection counts, unless its prompt has one of its own.

    Returns:
        A ``LabelInfo``: ``class_id`` is the label, ``class_name`` the concept.
    """
    info = messages.LabelInfo()
    info.header = header
    info.threshold = float(threshold)
    info.class_map = [_class(messages, item) for item in result.instances]
    return info


def _class(messages: Any, item: Instance) -> Any:
    entry = messages.VisionClass()
    entry.class_id, entry.class_name = item.label, item.concept
    return entry


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
