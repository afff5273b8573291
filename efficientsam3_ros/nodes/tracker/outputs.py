"""What the tracker node publishes of every frame."""

from __future__ import annotations

import time
from typing import Any, TypeGuard

from rclpy.lifecycle import LifecycleNode, LifecyclePublisher
from rclpy.qos import QoSProfile
from sensor_msgs.msg import Image

from efficientsam3_ros import msg
from efficientsam3_ros.core import Frame, FrameResult
from efficientsam3_ros.core.messages.image_codec import fill_image
from efficientsam3_ros.core.messages.instance_codec import fill_instances
from efficientsam3_ros.core.pictures.overlay import draw_overlay
from efficientsam3_ros.nodes.tracker.settings import NodeSettings
from efficientsam3_ros.nodes.tracker.track_event import EventPublisher
from efficientsam3_ros.nodes.tracker.vision import (
    fill_detections,
    fill_label_info,
    vision_messages,
)
from efficientsam3_ros.tracking.live.track_events import TrackEvents


class Outputs:
    """The publishers of one configured node: of a life cycle, but for that of events.

    Instances go out for every frame, events with the frame that shows them; all else is made only
    while someone listens. Every message carries the source image's header verbatim.

    Args:
        node: Owner of the publishers.
        settings: Which outputs are offered.
        events: Finds what happened to the tracks.

    Attributes:
        overlay_rate: Highest rate of the overlay, Hz.
        threshold: Score from which a detection counts, for those who read ``LabelInfo``.
    """

    def __init__(self, node: LifecycleNode, settings: NodeSettings, events: TrackEvents) -> None:
        self._node, self._changes = node, events
        self.overlay_rate = settings.overlay_rate
        self.threshold = 0.0
        self._next_overlay_s = 0.0
        self._publishers: list[LifecyclePublisher] = []
        self._instances = self._create(msg.InstanceArray, '~/instances', 5)
        self._events = EventPublisher(node)
        self._overlay = self._create(Image, '~/overlay', 1)
        self._labels: LifecyclePublisher | None = None
        self._label_info: LifecyclePublisher | None = None
        self._detections: LifecyclePublisher | None = None
        self._vision = vision_messages()
        if settings.publish_label_image:
            self._labels = self._create(Image, '~/label_image', 2)
        if self._vision is not None:
            self._detections = self._create(self._vision.Detection2DArray, '~/detections', 5)
        if self._vision is not None and settings.publish_label_image:
            self._label_info = self._create(self._vision.LabelInfo, '~/label_info', 5)

    def publish(self, header: Any, frame: Frame, result: FrameResult) -> None:
        """Publish one frame's result."""
        instances = fill_instances(msg.InstanceArray(), result, header, msg.Instance)
        self._instances.publish(instances)
        self._events.publish(self._changes.of(result), header)
        if _heard(self._labels):
            image = fill_image(Image(header=header), result.label_image(), '16UC1')
            self._labels.publish(image)
        if _heard(self._label_info):
            info = fill_label_info(self._vision, result, header, self.threshold)
            self._label_info.publish(info)
        if _heard(self._detections):
            self._detections.publish(fill_detections(self._vision, result, header))
        if self._overlay_due():
            picture = draw_overlay(frame.rgb, result)
            self._overlay.publish(fill_image(Image(header=header), picture, 'rgb8'))

    def tell_ended(self) -> None:
        """Tell at once which tracks a request has ended: the next image may never come."""
        self._events.publish(self._changes.ended())

    def tell_lost(self) -> None:
        """Tell that no track is followed for a while."""
        self._events.publish(self._changes.pause())

    def close(self) -> None:
        """Tell that all tracks have ended, and take the publishers from the node."""
        self._events.publish(self._changes.close())
        self._events.close()
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


def _heard(publisher: LifecyclePublisher | None) -> TypeGuard[LifecyclePublisher]:
    return publisher is not None and publisher.get_subscription_count() > 0
