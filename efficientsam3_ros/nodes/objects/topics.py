"""Where messages are taken from, and how depth is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from rclpy.node import Node

from efficientsam3_ros.nodes.images.image_topic import ImageTopic, choose_topic
from efficientsam3_ros.nodes.objects.settings import ObjectSettings
from efficientsam3_ros.scene3d import decode_compressed_depth, decode_depth

# Endings of image_transport's topics that are no depth.
_NOT_READ = ('theora', 'ffmpeg', 'zstd', 'compressed')


@dataclass(frozen=True)
class Topics:
    """Where messages are taken from.

    Attributes:
        instances: Full name.
        image: Of color.
        depth: Of depth.
        depth_info: Full name of the depth camera's camera_info.
    """

    instances: str
    image: ImageTopic
    depth: ImageTopic
    depth_info: str

    @classmethod
    def of(cls, node: Node, settings: ObjectSettings) -> Topics:
        """Return the topics that parameters and remappings mean.

        Raises:
            ValueError: If one of them carries what is not read.
        """
        resolve = node.resolve_topic_name
        return cls(
            resolve(f'{settings.tracker}/instances'),
            choose_topic(resolve, settings.image_transport),
            depth_topic(resolve(settings.depth_topic)),
            resolve(settings.depth_camera_info_topic),
        )


def depth_topic(name: str) -> ImageTopic:
    """Return the topic of depth.

    Args:
        name: Its full name, remapped.

    Raises:
        ValueError: If the name says that the topic carries no depth.
    """
    ending = name.rpartition('/')[2]
    if ending in _NOT_READ:
        raise ValueError(
            f'{name} loses or hides depth; set depth_topic to the raw topic, or to the one that '
            'ends in "/compressedDepth".'
        )
    return ImageTopic(name, ending == 'compressedDepth')


def depth_decoder(topic: ImageTopic) -> Callable[[Any], np.ndarray]:
    """Return what turns the topic's messages into metres, float32 (H, W), NaN at holes."""
    return decode_compressed_depth if topic.compressed else decode_depth
