"""How far two boxes agree."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from efficientsam3_ros.scene3d.box.oriented_box import OrientedBox

_CLOSE = 1e-9
_TRIPLES = np.array(list(combinations(range(12), 3)))


def box_iou(one: OrientedBox, other: OrientedBox) -> float:
    """Return the common volume over the volume of both together, 0..1; exact."""
    common = common_volume(one, other)
    return common / (one.volume + other.volume - common)


def common_volume(one: OrientedBox, other: OrientedBox) -> float:
    """Return the volume that lies in both boxes, cubic metres.

    The common part is what twelve half-spaces leave. Its corners are among the points where three
    of their planes meet; its volume is the sum of the pyramids from a point inside to each face.
    """
    reach = np.linalg.norm(one.size) / 2 + np.linalg.norm(other.size) / 2
    if np.linalg.norm(one.center - other.center) >= reach:
        return 0.0
    scale = float(max(one.size.max(), other.size.max()))
    normals, limits = _half_spaces([one, other], one.center, scale)
    corners = _corners(normals, limits)
    if len(corners) < 4:
        return 0.0
    middle = corners.mean(axis=0)
    volume = 0.0
    for index, (normal, limit) in enumerate(zip(normals, limits)):
        if _seen_before(normals, limits, index):
            continue
        face = corners[np.abs(corners @ normal - limit) < 10 * _CLOSE]
        volume += _area(face, normal) * float(limit - normal @ middle) / 3
    return volume * scale**3


def _half_spaces(
    boxes: list[OrientedBox], origin: np.ndarray, scale: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return normals (12, 3) and limits (12,): inside is where ``normal @ p <= limit``."""
    normals, limits = [], []
    for box in boxes:
        middle = (box.center - origin) / scale
        for axis, length in zip(box.rotation.T, box.size / scale):
            normals += [axis, -axis]
            limits += [length / 2 + axis @ middle, length / 2 - axis @ middle]
    return np.array(normals), np.array(limits)


def _corners(normals: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """Return the points where three planes meet that no half-space cuts off, (M, 3)."""
    matrices, right = normals[_TRIPLES], limits[_TRIPLES]
    meet = np.abs(np.linalg.det(matrices)) > _CLOSE
    points = np.linalg.solve(matrices[meet], right[meet][..., None])[..., 0]
    return np.asarray(points[(points @ normals.T <= limits + _CLOSE).all(axis=1)])


def _seen_before(normals: np.ndarray, limits: np.ndarray, index: int) -> bool:
    """Tell whether an earlier half-space is the same: boxes that share a face have it twice."""
    same = np.abs(normals[:index] - normals[index]).max(axis=1, initial=0.0) < 10 * _CLOSE
    return bool((same & (np.abs(limits[:index] - limits[index]) < 10 * _CLOSE)).any())


def _area(face: np.ndarray, normal: np.ndarray) -> float:
    """Return the area of a convex polygon from its corners in any order."""
    if len(face) < 3:
        return 0.0
    off = face - face.mean(axis=0)
    x = off[int(np.abs(off).sum(axis=1).argmax())]
    length = np.linalg.norm(x)
    if length < _CLOSE:
        return 0.0
    x = x / length
    y = np.cross(normal, x)
    order = np.argsort(np.arctan2(off @ y, off @ x))
    ring = off[order]
    return abs(float(np.cross(ring, np.roll(ring, -1, axis=0)).sum(axis=0) @ normal)) / 2
