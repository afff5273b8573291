"""The box of one object of a cloud."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.scene3d.box import OrientedBox, fit_box
from efficientsam3_ros.scene3d.box.axis_aligned import MIN_SIZE_M
from efficientsam3_ros.scene3d.cloud import OrganizedCloud, object_mask
from efficientsam3_ros.scene3d.plane import Support


def fit_object_box(
    cloud: OrganizedCloud,
    label: int,
    support: Support | None = None,
    *,
    up: np.ndarray | None = None,
    min_size: float = MIN_SIZE_M,
    own: np.ndarray | None = None,
) -> OrientedBox:
    """Return the box around an object.

    It stands upright if ``up`` or the support is known, and reaches down to the support if that
    carries the object; see ``fit_box``.

    Args:
        cloud: Of the whole image.
        label: Of the object.
        support: From ``find_support``.
        up: (3,), against gravity; the support's normal if not given.
        min_size: Shortest edge, metres.
        own: bool (H, W), its ``object_mask``, where that is made already.

    Raises:
        SceneError: If the object has fewer than three points.
    """
    if up is None and support is not None:
        up = support.plane.normal
    below = support.plane if support is not None and support.carries else None
    points = cloud.points[object_mask(cloud, label) if own is None else own]
    return fit_box(points, up=up, support=below, min_size=min_size)
