"""What a mask takes out of a cloud, against the object that it should be."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.scene3d import (
    OrganizedCloud,
    OrientedBox,
    SceneError,
    box_iou,
    find_support,
    fit_box,
    fit_object_box,
)

SANE = 0.5, 2.0
"""How often an edge may be as long as the true one; edges are compared in order of length."""


@dataclass(frozen=True)
class Taken:
    """The points that one mask gives, and their box.

    Attributes:
        points: How many.
        recovered: Share of the object's measured points that are among them, 0..1.
        neighbors: Share of them that is of other objects, 0..1; 0 without points.
        surface: Share of them that is of no object: the table, mostly; 0 without points.
        size_m: Edges of the box, longest first; empty if there are too few points for one.
        box_iou: Volume IoU with the box of the true mask; None where one of them is missing.
        sane: Whether every edge is half to twice as long as the true one; None as above.
    """

    points: int
    recovered: float
    neighbors: float
    surface: float
    size_m: tuple[float, ...] = ()
    box_iou: float | None = None
    sane: bool | None = None


@dataclass(frozen=True, eq=False)
class Target:
    """An object as the truth has it.

    Attributes:
        number: Its id.
        ids: True ids of the picture, (H, W), 0 = none.
        box: Around its points, cleaned; None if they are too few.
    """

    number: int
    ids: np.ndarray
    box: OrientedBox | None


def own_mask(cloud: OrganizedCloud, label: int) -> np.ndarray:
    """Return the pixels of a mask that have a point, nothing cleaned, bool (H, W)."""
    return (cloud.labels == label) & cloud.measured


def boxes_of(cloud: OrganizedCloud, label: int) -> tuple[OrientedBox | None, OrientedBox | None]:
    """Return the box of an object as ``scene3d`` fits it, and that of the points as they are.

    Both stand on the same support.
    """
    support = find_support(cloud, label)
    up = support.plane.normal if support is not None else None
    below = support.plane if support is not None and support.carries else None
    cleaned = plain = None
    with suppress(SceneError):
        cleaned = fit_object_box(cloud, label, support)
    with suppress(SceneError):
        plain = fit_box(cloud.points[own_mask(cloud, label)], up=up, support=below)
    return cleaned, plain


def taken_of(
    cloud: OrganizedCloud, mask: np.ndarray, box: OrientedBox | None, target: Target
) -> Taken:
    """Return what a mask takes.

    Args:
        cloud: Of the scene.
        mask: bool (H, W), pixels with a point that are taken.
        box: Around their points; None if they are too few.
        target: The object that it should be.
    """
    owners = target.ids[mask]
    own = int(np.count_nonzero(owners == target.number))
    surface = int(np.count_nonzero(owners == 0))
    there = int(np.count_nonzero((target.ids == target.number) & cloud.measured))
    count = max(len(owners), 1)
    shares = own / max(there, 1), (len(owners) - own - surface) / count, surface / count
    if box is None:
        return Taken(len(owners), *shares)
    size = np.sort(box.size)[::-1]
    if target.box is None:
        return Taken(len(owners), *shares, tuple(size.tolist()))
    ratio = size / np.sort(target.box.size)[::-1]
    sane = bool((ratio >= SANE[0]).all() and (ratio <= SANE[1]).all())
    return Taken(len(owners), *shares, tuple(size.tolist()), box_iou(box, target.box), sane)
