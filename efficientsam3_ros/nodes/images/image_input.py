"""QoS of image topics, and what reads their messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy

from efficientsam3_ros.core.messages.compressed_image import decode_compressed
from efficientsam3_ros.core.messages.image_codec import decode_rgb
from efficientsam3_ros.nodes.images.image_topic import ImageTopic

# With one place, an image that comes before the last one was taken would displace it unseen.
_DEPTH = 5


def image_qos(reliability: str) -> QoSProfile:
    """Return QoS that keeps the newest few images, ``best_effort`` or ``reliable``."""
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=_DEPTH,
        reliability=ReliabilityPolicy[reliability.upper()],
        durability=DurabilityPolicy.VOLATILE,
    )


def image_decoder(topic: ImageTopic) -> Callable[[Any], np.ndarray]:
    """Return what turns the topic's messages into RGB."""
    return decode_compressed if topic.compressed else decode_rgb
