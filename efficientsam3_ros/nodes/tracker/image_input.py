"""The image subscription of the tracker node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription
from sensor_msgs.msg import CompressedImage, Image

from efficientsam3_ros.core.messages.compressed_image import decode_compressed
from efficientsam3_ros.core.messages.image_codec import decode_rgb
from efficientsam3_ros.nodes.tracker.settings import NodeSettings


def image_qos(reliability: str) -> QoSProfile:
    """Return QoS that keeps the newest image only, ``best_effort`` or ``reliable``."""
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=1,
        reliability=ReliabilityPolicy[reliability.upper()],
        durability=DurabilityPolicy.VOLATILE,
    )


def image_decoder(settings: NodeSettings) -> Callable[[Any], np.ndarray]:
    """Return what turns the subscribed message into RGB."""
    return decode_compressed if settings.image_transport == 'compressed' else decode_rgb


def subscribe_images(
    node: Node, settings: NodeSettings, callback: Callable[[Any], None]
) -> Subscription:
    """Subscribe to ``image`` or ``image/compressed``."""
    qos = image_qos(settings.reliability)
    if settings.image_transport == 'compressed':
        return node.create_subscription(CompressedImage, 'image/compressed', callback, qos)
    return node.create_subscription(Image, 'image', callback, qos)
