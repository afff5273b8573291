"""``~/track_events``: what happened to tracks, as ``efficientsam3_ros/msg/TrackEvent``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import rclpy
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import QoSProfile

from efficientsam3_ros import msg
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.tracking.live.track_events import TrackEvent

_PATIENCE = Duration(seconds=0.5)


class EventPublisher:
    """Publishes events in every state: tracks end also while the node is inactive.

    Args:
        node: Owner of the publisher.
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._publisher = node.create_publisher(
            msg.TrackEvent, '~/track_events', QoSProfile(depth=100)
        )
        self._header: Any = None

    def publish(self, events: Sequence[TrackEvent], header: Any = None) -> None:
        """Publish events.

        Args:
            events: What happened.
            header: Of the image that shows it; by default that of the last one.
        """
        self._header = header or self._header
        if events and rclpy.ok(context=self._node.context):
            for event in events:
                self._publisher.publish(fill_event(msg.TrackEvent(), event, self._header))

    def close(self) -> None:
        """Take the publisher from the node, once what it told has arrived."""
        if rclpy.ok(context=self._node.context):
            with suppress(RuntimeError):  # not every middleware can wait
                self._publisher.wait_for_all_acked(_PATIENCE)
        self._node.destroy_publisher(self._publisher)


def fill_event(message: Any, event: TrackEvent, header: Any) -> Any:
    """Write an event into an empty message and return it.

    Args:
        message: An empty ``TrackEvent`` message.
        event: What happened.
        header: The header of the image that shows it, or of the last one.
    """
    message.header = header
    message.event = int(event.kind)
    message.track_id, message.label = event.item.track_id, event.item.label
    message.concept, message.score = event.item.concept, float(event.item.score)
    message.last_seen.sec, message.last_seen.nanosec = divmod(event.seen_ns, SECOND_NS)
    mask = event.view.mask
    message.roi.x_offset, message.roi.y_offset = mask.x, mask.y
    message.roi.height, message.roi.width = mask.roi_height, mask.roi_width
    return message
