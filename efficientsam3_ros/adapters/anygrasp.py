"""Input of AnyGrasp: a colored cloud, and where to grasp.

Format: https://github.com/graspnet/anygrasp_sdk, ``grasp_detection/demo.py``. Until 2025::

    gg, _ = AnyGrasp(cfgs).get_grasp(one.points, one.colors, lims=list(one.limits))

The SDK of 2026 names the object itself::

    gg = create_detector(cfgs).get_grasp(one.points, {'region_steering': one.region})

Grasps come in the frame of the points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.adapters.errors import AdapterError
from efficientsam3_ros.adapters.input_checks import require_object
from efficientsam3_ros.scene3d import OrganizedCloud

MAX_DEPTH_M = 1.0
"""As in the SDK's example."""
MARGIN_M = 0.05
_FEWEST = 10

Limits = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, eq=False)
class AnyGraspInput:
    """What ``get_grasp`` takes; points in the camera's optical frame (x right, y down, z forward).

    Attributes:
        points: float32 (N, 3), metres, finite: the object and all around it, against which the
            tool checks collisions.
        colors: float32 (N, 3), RGB, 0..1.
        region: bool (N,), the object's points.
        limits: xmin, xmax, ymin, ymax, zmin, zmax around the object, metres; grasps outside are
            dropped.
    """

    points: np.ndarray
    colors: np.ndarray
    region: np.ndarray
    limits: Limits


def anygrasp_input(
    cloud: OrganizedCloud, label: int, *, max_depth: float = MAX_DEPTH_M, margin: float = MARGIN_M
) -> AnyGraspInput:
    """Return the input for one object.

    Args:
        cloud: Of the whole image.
        label: Of the object.
        max_depth: Farther points are left out, metres.
        margin: Of the limits around the object, metres.

    Raises:
        AdapterError: If the object is not in view, or farther away than ``max_depth``.
    """
    own = require_object(cloud, label, _FEWEST)
    with np.errstate(invalid='ignore'):
        near = cloud.measured & (cloud.depth < max_depth)
    target = cloud.points[own & near]
    if len(target) < _FEWEST:
        raise AdapterError(
            f'The object with label {label} is {float(np.median(cloud.depth[own])):.2f} m away, '
            f'points end at {max_depth:.2f} m; give a larger max_depth, or move the camera.'
        )
    low, high = target.min(axis=0) - margin, target.max(axis=0) + margin
    limits = tuple(float(v) for pair in zip(low, high) for v in pair)
    return AnyGraspInput(
        cloud.points[near],
        cloud.rgb[near].astype(np.float32) / np.float32(255),
        own[near],
        (limits[0], limits[1], limits[2], limits[3], limits[4], limits[5]),
    )
