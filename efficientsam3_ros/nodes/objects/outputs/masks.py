"""The target's mask, and the camera that belongs to masks."""

from __future__ import annotations

from copy import copy

import numpy as np
from sensor_msgs.msg import CameraInfo, Image

from efficientsam3_ros.core.messages.image_codec import fill_image
from efficientsam3_ros.nodes.objects.scene.scene import Scene


def mask_image(scene: Scene, labels: list[int]) -> Image:
    """Return the pixels of objects as mono8: 255, and 0 elsewhere."""
    mask = np.isin(scene.labels, labels).astype(np.uint8) * np.uint8(255)
    return fill_image(Image(header=scene.header), mask, 'mono8')


def label_image(scene: Scene) -> Image:
    """Return the label of each pixel as 16UC1; kept-out objects are background."""
    return fill_image(Image(header=scene.header), scene.labels.astype(np.uint16), '16UC1')


def paired_info(scene: Scene) -> CameraInfo:
    """Return the camera with the header of the image, whose size it must have."""
    info = copy(scene.info)
    info.header = scene.header
    return info
