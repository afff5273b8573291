"""Every n-th pixel of a cloud: planes need no more, and take time with every point."""

from __future__ import annotations

from dataclasses import replace
import math

import numpy as np

from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.scene3d import OrganizedCloud

ENOUGH_PIXELS = 320 * 240
"""Of an image, for the planes in it."""
ENOUGH_OF_AN_OBJECT = 150


def stride_for(cloud: OrganizedCloud, area: int) -> int:
    """Return how many pixels a step may take, 1 or more.

    Args:
        cloud: Of the whole image.
        area: Pixels of the object that must not get lost.
    """
    height, width = cloud.size
    most = min(height * width / ENOUGH_PIXELS, area / ENOUGH_OF_AN_OBJECT)
    return max(int(math.sqrt(most)), 1)


def every_nth(cloud: OrganizedCloud, step: int) -> OrganizedCloud:
    """Return the cloud of every n-th row and column, as a camera of fewer pixels sees it."""
    if step == 1:
        return cloud
    points, rgb, labels = (
        np.ascontiguousarray(image[::step, ::step])
        for image in (cloud.points, cloud.rgb, cloud.labels)
    )
    own = cloud.camera.intrinsics
    height, width = labels.shape
    # The first pixel stays the first one, so that nothing moves by parts of a pixel.
    fewer = Intrinsics(width, height, own.fx / step, own.fy / step, own.cx / step, own.cy / step)
    return OrganizedCloud(points, rgb, labels, replace(cloud.camera, intrinsics=fewer))
