"""What the tracker node publishes of every frame."""

from __future__ import annotations

import time
from typing import Any

from rclpy.lifecycle import LifecycleNode, LifecyclePublisher
from rclpy.qos import QoSProfile
from sensor_msgs.msg import Image

from efficientsam3_ros.core import Frame, FrameResult
from efficientsam3_ros.core.messages.image_codec import fill_image
from efficientsam3_ros.core.messages.instance_codec import fill_instances
from efficientsam3_ros.core.overlay import draw_overlay
from efficientsam3_ros.msg import Instance, InstanceArray
from efficientsam3_ros.nodes.tracker.detections import detection_messages, fill_detections
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
        self._instances = self._create(InstanceArray, '~/instances', 5)
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
        self._instances.publish(fill_instances(InstanceArray(), result, header, Instance))
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
