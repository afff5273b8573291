"""The box of an object, from the side of it that the camera sees."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from efficientsam3_ros.scene3d.box.axes import facing, longest_first, upright_axes
from efficientsam3_ros.scene3d.box.axis_aligned import (
    MIN_SIZE_M,
    TRIM_PERCENT,
    body_of,
    thickened,
)
from efficientsam3_ros.scene3d.box.oriented_box import OrientedBox
from efficientsam3_ros.scene3d.box.rectangle import Rectangle, fit_rectangle
from efficientsam3_ros.scene3d.box.round import round_footprint
from efficientsam3_ros.scene3d.plane import Plane, fit_plane

ON_SUPPORT_M = 0.006
"""Points so near to the support plane belong to it rather than to the object, metres."""
_MUST_REMAIN = 0.5
_BESIDE_M = 0.05  # A camera above a thing sees all of its outline.


def fit_box(
    points: np.ndarray,
    *,
    up: np.ndarray | None = None,
    support: Plane | None = None,
    min_size: float = MIN_SIZE_M,
) -> OrientedBox:
    """Return the box around an object's points.

    With ``up`` or ``support`` the box stands upright: z is up, x the longer horizontal edge, and
    the bottom lies on the support plane, as what the camera does not see of the lower part is
    there nevertheless. Otherwise any rotation is tried that the object's planes and principal axes
    suggest, the smallest volume wins, and x, y, z are the longest, middle and shortest edge. In
    both, x looks to the camera's right, and z, where it is not up, at the camera.

    An upright box encloses all of what is round, such as a ball or a bottle, of which the near
    half alone is seen; see ``round_footprint``. Of other things only what is seen is enclosed: of
    a box seen from the front alone the thickness is unknown, and ``min_size``.

    Args:
        points: float (N, 3), metres, optical frame; a few percent of strays do no harm.
        up: (3,), against gravity; the support plane's normal if not given.
        support: What the object stands on.
        min_size: Shortest edge, metres; a thinner box grows away from the camera.

    Raises:
        SceneError: If fewer than three points are finite.
    """
    points = body_of(points)
    if up is None:
        if support is None:
            return _free_box(points, min_size)
        up = support.normal
    direction = np.asarray(up, np.float64) / np.linalg.norm(up)
    if support is not None:
        above = points[support.heights(points) > ON_SUPPORT_M]
        points = above if len(above) >= _MUST_REMAIN * len(points) else points
    box = _box_along(points, direction, _whole_footprint)
    if support is not None:
        box = _down_to(box, support, direction)
    box = thickened(box, min_size)
    return upright_axes(box)


def _box_along(
    points: np.ndarray,
    direction: np.ndarray,
    footprint: Callable[[np.ndarray], Rectangle] = fit_rectangle,
) -> OrientedBox:
    """Return the box one of whose axes, the third, is a direction."""
    turn = facing(direction)
    own = points @ turn
    rectangle = footprint(own[:, :2])
    low, high = np.percentile(own[:, 2], (TRIM_PERCENT, 100 - TRIM_PERCENT))
    center = turn @ np.array([*rectangle.center, (low + high) / 2])
    x = turn[:, :2] @ rectangle.axis
    rotation = np.stack([x, np.cross(direction, x), direction], axis=1)
    return OrientedBox(center, rotation, np.array([*rectangle.size, high - low]))


def _whole_footprint(flat: np.ndarray) -> Rectangle:
    """Return the rectangle around points seen from above, and around what they are the half of."""
    middle = flat.mean(axis=0)
    # The camera is the origin.
    distance = float(np.linalg.norm(middle))
    circle = round_footprint(flat, middle / distance) if distance > _BESIDE_M else None
    if circle is None:
        return fit_rectangle(flat)
    return Rectangle(circle.center, np.array([1.0, 0.0]), np.full(2, 2 * circle.radius))


def _down_to(box: OrientedBox, support: Plane, direction: np.ndarray) -> OrientedBox:
    """Return the box with its bottom moved to the plane below its middle, if it stands on it."""
    slope = float(support.normal @ direction)
    half = box.size[2] / 2
    top = float(support.heights(box.center + half * direction)) / max(slope, 0.5)
    if top <= 0:
        return box
    center = box.center + (half - top / 2) * direction
    return OrientedBox(center, box.rotation, np.array([*box.size[:2], top]))


def _free_box(points: np.ndarray, min_size: float) -> OrientedBox:
    """Return the smallest box among those along the object's own directions."""
    _, axes = np.linalg.eigh(np.cov(points.T))
    directions = [*axes.T]
    rest = points
    for seed in range(2):
        plane = fit_plane(rest, tolerance=min_size / 3, seed=seed)
        if plane is None:
            break
        directions.append(plane.normal)
        rest = rest[np.abs(plane.heights(rest)) > min_size / 2]
    boxes = [thickened(_box_along(points, direction), min_size) for direction in directions]
    return longest_first(min(boxes, key=lambda box: box.volume))
