"""Oriented boxes as ``vision_msgs`` and ``visualization_msgs``, where these are installed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from rclpy.duration import Duration

from efficientsam3_ros.core import Instance
from efficientsam3_ros.nodes.objects.outputs.clouds import output_header
from efficientsam3_ros.nodes.objects.outputs.geometry import fill_pose, fill_vector
from efficientsam3_ros.nodes.objects.scene.scene import Scene
from efficientsam3_ros.scene3d import OrientedBox

_LETTERS_M = 0.03
_ALIVE_S = 1.0
_TARGET, _OTHER = (0.1, 0.9, 0.2, 0.6), (0.2, 0.5, 1.0, 0.4)


def installed(package: str) -> Any | None:
    """Return a package's ``msg`` module; None if it is not installed."""
    return import_module(f'{package}.msg') if find_spec(package) else None


def fill_detections(messages: Any, scene: Scene) -> Any:
    """Write the boxes of all objects.

    Args:
        messages: ``vision_msgs.msg``.
        scene: The image.

    Returns:
        A ``Detection3DArray``: ``id`` is the track id, ``class_id`` the concept; objects without
        enough depth are left out.
    """
    message = messages.Detection3DArray()
    message.header = output_header(scene)
    message.detections = [_detection(messages, scene, item, box) for item, box in _boxes(scene)]
    return message


def fill_markers(messages: Any, scene: Scene, target: int) -> Any:
    """Draw the boxes of all objects, with their names; those of the last image are replaced.

    Args:
        messages: ``visualization_msgs.msg``.
        scene: The image.
        target: Label of the target, which is drawn green; 0 for none.
    """
    clear = messages.Marker()
    clear.header, clear.action = output_header(scene), messages.Marker.DELETEALL
    markers = [clear]
    for item, box in _boxes(scene):
        markers += [_body(messages, scene, item, box, target), _name(messages, scene, item, box)]
    message = messages.MarkerArray()
    message.markers = markers
    return message


def _boxes(scene: Scene) -> list[tuple[Instance, OrientedBox]]:
    """Return the objects that have a box, in the output frame."""
    found = ((item, scene.box(item.label)) for item in scene.objects)
    return [(item, scene.placing.box(box)) for item, box in found if box is not None]


def _detection(messages: Any, scene: Scene, item: Instance, box: OrientedBox) -> Any:
    detection = messages.Detection3D()
    detection.header = output_header(scene)
    detection.id = str(item.track_id)
    detection.bbox.center = fill_pose(box.center, box.rotation)
    detection.bbox.size = fill_vector(box.size)
    hypothesis = messages.ObjectHypothesisWithPose()
    hypothesis.hypothesis.class_id = item.concept
    hypothesis.hypothesis.score = float(item.score)
    hypothesis.pose.pose = detection.bbox.center
    detection.results = [hypothesis]
    return detection


def _body(messages: Any, scene: Scene, item: Instance, box: OrientedBox, target: int) -> Any:
    marker = _marker(messages, scene, item, 'boxes')
    marker.type = messages.Marker.CUBE
    marker.pose = fill_pose(box.center, box.rotation)
    marker.scale = fill_vector(box.size)
    _paint(marker, _TARGET if item.label == target else _OTHER)
    return marker


def _name(messages: Any, scene: Scene, item: Instance, box: OrientedBox) -> Any:
    marker = _marker(messages, scene, item, 'names')
    marker.type = messages.Marker.TEXT_VIEW_FACING
    marker.pose = fill_pose(box.center, box.rotation)
    marker.scale.z = _LETTERS_M
    marker.text = f'{item.concept} {item.track_id}'
    _paint(marker, (1.0, 1.0, 1.0, 1.0))
    return marker


def _marker(messages: Any, scene: Scene, item: Instance, namespace: str) -> Any:
    marker = messages.Marker()
    marker.header, marker.ns = output_header(scene), namespace
    # Ids are signed there.
    marker.id = item.track_id % 2**31
    marker.action = messages.Marker.ADD
    marker.lifetime = Duration(seconds=_ALIVE_S).to_msg()
    return marker


def _paint(marker: Any, color: tuple[float, float, float, float]) -> None:
    marker.color.r, marker.color.g, marker.color.b, marker.color.a = color
