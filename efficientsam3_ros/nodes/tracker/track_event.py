"""``TrackEvent`` of the tracker to ``efficientsam3_ros/msg/TrackEvent``."""

from __future__ import annotations

from typing import Any

from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.tracking.live.track_events import TrackEvent


def fill_event(message: Any, event: TrackEvent, header: Any) -> Any:
    """Write an event into an empty message and return it.

    Args:
        message: An empty ``TrackEvent`` message.
        event: What happened.
        header: The header of the image that shows it.
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
