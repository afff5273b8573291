"""What is true of the objects of a frame: masks, clouds and whole boxes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from efficientsam3_ros.scene3d import OrientedBox, voxel_sample
from efficientsam3_ros.simulation.scene.scene import SceneObject
from efficientsam3_ros.simulation.spatial_truth import SpatialTabletop
from efficientsam3_ros.simulation.tabletop import Observation

UNOCCLUDED = 0.9
"""Share of an object's whole silhouette that must be seen."""
LEAST_PIXELS = 50
"""Of its mask: the objects node asks as many of a target."""
VOXEL_M = 0.003
"""As the objects node thins ``~/target_points``, unless it is told otherwise."""


@dataclass(frozen=True, eq=False)
class TrueObject:
    """An object in a frame.

    Attributes:
        id: In the id image.
        phrase: What is asked for: color and noun, or the noun of a patterned thing.
        visible: Share of its whole silhouette that is seen, 0..1.
        whole: Whether the silhouette ends inside the image.
        counts: Whether it is unoccluded: whole, and seen to ``UNOCCLUDED`` and more.
        middle: float64 (3,), mean of the points of its true mask and true depth, metres.
        thinned_middle: The same of one point in each cube of ``VOXEL_M``.
        box: Around all of it, hidden parts included.
    """

    id: int
    phrase: str
    visible: float
    whole: bool
    counts: bool
    middle: np.ndarray
    thinned_middle: np.ndarray
    box: OrientedBox


def phrase_of(item: SceneObject) -> str:
    """Return what to ask for to mean an object."""
    return item.noun if item.color in (None, item.noun) else f'{item.color} {item.noun}'


def phrases_in(table: SpatialTabletop, seen: Observation) -> tuple[str, ...]:
    """Return what to ask for to mean all objects that a frame shows, in alphabetical order."""
    shown = np.flatnonzero(np.bincount(seen.ids.ravel()) >= LEAST_PIXELS).tolist()
    return tuple(sorted({phrase_of(table.objects[number - 1]) for number in shown if number}))


def true_objects(table: SpatialTabletop, seen: Observation) -> tuple[TrueObject, ...]:
    """Return the objects that the frame shows, ascending by id.

    Args:
        table: Without sensor noise, and with depth.
        seen: The frame that it has yielded last.
    """
    assert seen.depth is not None
    points = table.intrinsics.back_project(seen.depth)
    found = []
    for number in np.flatnonzero(np.bincount(seen.ids.ravel()) >= LEAST_PIXELS).tolist():
        if not number:
            continue
        shape = table.shape(number, seen)
        counts = shape.whole and shape.visible >= UNOCCLUDED
        own = points[(seen.ids == number) & (seen.depth > 0)]
        middle, thinned = own.mean(axis=0), own[voxel_sample(own, VOXEL_M)].mean(axis=0)
        phrase = phrase_of(table.objects[number - 1])
        box = whole_box(shape.surface, seen.pose)
        found.append(
            TrueObject(number, phrase, shape.visible, shape.whole, counts, middle, thinned, box)
        )
    return tuple(found)


def whole_box(surface: np.ndarray, pose: np.ndarray) -> OrientedBox:
    """Return the smallest upright box around a surface, in the camera's frame.

    Its height is that of the surface; its footprint is the rectangle of least area around the
    surface as seen from above.

    Args:
        surface: float (N, 3), metres, world (z up).
        pose: (4, 4), camera in the world.
    """
    flat = cv2.convexHull(surface[:, :2].astype(np.float32))
    (x, y), (width, depth), angle = cv2.minAreaRect(flat)
    low, high = float(surface[:, 2].min()), float(surface[:, 2].max())
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    center = np.array([x, y, (low + high) / 2])
    back = pose[:3, :3].T
    size = np.maximum([width, depth, high - low], 1e-4)
    return OrientedBox(back @ (center - pose[:3, 3]), back @ turn, size)
