"""What the tracker node publishes of every frame."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
import time
from typing import Any

from rclpy.lifecycle import LifecycleNode, LifecyclePublisher
from rclpy.qos import QoSProfile
from sensor_msgs.msg import Image

from efficientsam3_ros import msg
from efficientsam3_ros.core import Frame, FrameResult, Instance
from efficientsam3_ros.core.messages.image_codec import fill_image
from efficientsam3_ros.core.messages.instance_codec import fill_instances
from efficientsam3_ros.core.pictures.overlay import draw_overlay
from efficientsam3_ros.nodes.tracker.settings import NodeSettings


class Outputs:
    """The lifecycle publishers of one configured node.

    Instances go out for every frame; pictures and detections are made only while someone
    listens. Every message carries the source image's header verbatim.

    Args:
        node: Owner of the publishers.
        settings: Which outputs are offered.
    """

    def __init__(self, node: LifecycleNode, settings: NodeSettings) -> None:
        self._node = node
        self.overlay_rate = settings.overlay_rate
        self._next_overlay_s = 0.0
        self._publishers: list[LifecyclePublisher] = []
        self._instances = self._create(msg.InstanceArray, '~/instances', 5)
        self._overlay = self._create(Image, '~/overlay', 1)
        self._labels: LifecyclePublisher | None = None
        if settings.publish_label_image:
            self._labels = self._create(Image, '~/label_image', 2)
        self._vision = detection_messages()
        self._detections: LifecyclePublisher | None = None
        if self._vision is not None:
            self._detections = self._create(self._vision.Detection2DArray, '~/detections', 5)

    def publish(self, header: Any, frame: Frame, result: FrameResult) -> None:
        """Publish one frame's result."""
        instances = fill_instances(msg.InstanceArray(), result, header, msg.Instance)
        self._instances.publish(instances)
        if self._labels is not None and _heard(self._labels):
            image = fill_image(Image(header=header), result.label_image(), '16UC1')
            self._labels.publish(image)
        if self._detections is not None and _heard(self._detections):
            self._detections.publish(fill_detections(self._vision, result, header))
        if self._overlay_due():
            picture = draw_overlay(frame.rgb, result)
            self._overlay.publish(fill_image(Image(header=header), picture, 'rgb8'))

    def destroy(self) -> None:
        """Take the publishers from the node."""
        for publisher in self._publishers:
            self._node.destroy_lifecycle_publisher(publisher)
        self._publishers.clear()

    def _create(self, message_type: type, topic: str, depth: int) -> LifecyclePublisher:
        publisher = self._node.create_lifecycle_publisher(
            message_type, topic, QoSProfile(depth=depth)
        )
        self._publishers.append(publisher)
        return publisher

    def _overlay_due(self) -> bool:
        now = time.monotonic()
        if self.overlay_rate <= 0 or now < self._next_overlay_s or not _heard(self._overlay):
            return False
        self._next_overlay_s = now + 1 / self.overlay_rate
        return True


def _heard(publisher: LifecyclePublisher) -> bool:
    return bool(publisher.get_subscription_count() > 0)


def detection_messages() -> Any | None:
    """Return ``vision_msgs.msg``, for tools without our messages; None if it is not installed."""
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
