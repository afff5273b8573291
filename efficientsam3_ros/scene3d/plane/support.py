"""The plane that an object stands on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.scene3d.cloud import OrganizedCloud, background_mask, object_mask
from efficientsam3_ros.scene3d.plane.foot import foot_is_hidden
from efficientsam3_ros.scene3d.plane.plane import Plane
from efficientsam3_ros.scene3d.plane.ransac import TOLERANCE_M, fit_plane

MAX_GAP_M = 0.04
"""Metres that the lowest point of an object that is seen whole may be above what carries it."""
_PLANES = 3
_REACH = 1.5
_REACH_M = 0.2
_BELOW_M = 0.02
_BELOW_SHARE = 5.0
_LOWEST = 2.0
_SAME_GAP_M = 0.015
_MIN_POINTS = 50
_MIN_SHARE = 0.15  # of the points around: what is less is a patch of something
_MOST = 0.5  # of the points around: no other plane holds as many


@dataclass(frozen=True, eq=False)
class Support:
    """The plane below an object.

    Attributes:
        plane: Its normal is on the object's side.
        gap: Height of the object's lowest visible points above the plane, metres.
        carries: Whether the object stands on it: there is no gap, or something in front hides
            the object's foot. An object on top of another is not carried by the table.
    """

    plane: Plane
    gap: float
    carries: bool


def find_support(
    cloud: OrganizedCloud,
    label: int,
    *,
    up: np.ndarray | None = None,
    seed: int = 0,
    known: Sequence[Plane] = (),
) -> Support | None:
    """Find what an object stands on among the points around it that are no object's.

    Up to three planes are tried. The object must be above it; of several, such as a table and a
    wall behind, it is the one that the object comes closest to.

    Args:
        cloud: Of the whole image.
        label: Of the object.
        up: (3,), against gravity in the camera's frame; walls are out of question then.
        seed: Of the random choice.
        known: Planes below other objects of the image. One that holds most of the points around,
            and on which the object stands, needs no search.

    Returns:
        The plane; None if there is none near the object.
    """
    points = cloud.points[object_mask(cloud, label)].astype(np.float64)
    if not len(points):
        return None
    around = _around(cloud, label, points)
    plane = _known_plane(known, around, points)
    if plane is not None:
        return Support(plane, _gap(plane, points) or 0.0, True)
    least = max(_MIN_POINTS, _MIN_SHARE * len(around))
    found: list[tuple[float, int, Plane]] = []
    for index in range(_PLANES):
        plane = fit_plane(around, up=up, seed=seed + index) if len(around) else None
        if plane is None:
            break
        near = np.abs(plane.heights(around)) < 1.5 * TOLERANCE_M
        gap = _gap(plane, points)
        if gap is not None and near.sum() >= least:
            found.append((gap, int(near.sum()), plane))
        around = around[~near]
    if not found:
        return None
    closest = min(gap for gap, _, _ in found)
    same = [item for item in found if item[0] <= closest + _SAME_GAP_M]
    gap, _, plane = max(same, key=lambda item: item[1])
    carries = gap <= MAX_GAP_M or foot_is_hidden(cloud, points, plane)
    return Support(plane, gap, carries)


def _known_plane(known: Sequence[Plane], around: np.ndarray, points: np.ndarray) -> Plane | None:
    """Return the plane that a search would prefer to any other; None if none is that clear."""
    for plane in known:
        near = int((np.abs(plane.heights(around)) < 1.5 * TOLERANCE_M).sum())
        gap = _gap(plane, points)
        stands = gap is not None and gap <= _SAME_GAP_M
        if stands and near > max(_MIN_POINTS, _MOST * len(around)):
            return plane
    return None


def _around(cloud: OrganizedCloud, label: int, points: np.ndarray) -> np.ndarray:
    """Return background points near the object, float64 (N, 3)."""
    mask = background_mask(cloud, label) & (cloud.labels == 0)
    others = cloud.points[mask]
    low, high = np.percentile(points, (2, 98), axis=0)
    reach = _REACH * float(np.linalg.norm(high - low)) + _REACH_M
    off = others - ((low + high) / 2).astype(others.dtype)
    return others[np.einsum('ij,ij->i', off, off) < reach**2].astype(np.float64)


def _gap(plane: Plane, points: np.ndarray) -> float | None:
    """Return how far the object is above the plane; None if it is not on its upper side."""
    heights = plane.heights(points)
    if np.percentile(heights, _BELOW_SHARE) < -_BELOW_M or np.median(heights) < 0:
        return None
    return max(float(np.percentile(heights, _LOWEST)), 0.0)
