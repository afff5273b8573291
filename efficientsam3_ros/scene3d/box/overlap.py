"""How far two boxes agree."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.scene3d.box.oriented_box import OrientedBox

# Corners of the six faces of a box, around each; indices as in ``OrientedBox.corners``.
_FACES = ((0, 2, 6, 4), (1, 3, 7, 5), (0, 1, 5, 4), (2, 3, 7, 6), (0, 1, 3, 2), (4, 5, 7, 6))

_SAME_SHARE = 1e-9


def box_iou(one: OrientedBox, other: OrientedBox) -> float:
    """Return the common volume over the volume of both together, 0..1; exact."""
    common = common_volume(one, other)
    return min(common / (one.volume + other.volume - common), 1.0)


def common_volume(one: OrientedBox, other: OrientedBox) -> float:
    """Return the volume that lies in both boxes, cubic metres.

    The faces of one box are cut by the six planes of the other (I. Sutherland and G. Hodgman,
    "Reentrant polygon clipping", 1974), and each cut is closed by a new face.
    """
    reach = np.linalg.norm(one.size) / 2 + np.linalg.norm(other.size) / 2
    if np.linalg.norm(one.center - other.center) >= reach:
        return 0.0
    corners = (one.corners() - other.center) @ other.rotation
    faces = [corners[list(face)] for face in _FACES]
    for axis in range(3):
        for sign in (1.0, -1.0):
            faces = _cut(faces, axis, sign, float(other.size[axis]) / 2)
    return _volume(faces)


def _cut(faces: list[np.ndarray], axis: int, sign: float, limit: float) -> list[np.ndarray]:
    """Return the faces of the part where ``sign * p[axis] <= limit``."""
    kept: list[np.ndarray] = []
    rim: list[np.ndarray] = []
    for face in faces:
        room = limit - sign * face[:, axis]
        # Faces of the same box lie in one plane, but for rounding.
        room[np.abs(room) < _SAME_SHARE * limit] = 0.0
        if (room >= 0).all():
            kept.append(face)
        elif (room > 0).any():
            polygon, crossings = _cut_face(face, room)
            kept.append(polygon)
            rim.extend(crossings)
        else:
            rim.extend(face[room == 0])
    if len(rim) > 2:
        kept.append(_around(np.array(rim), axis))
    return kept


def _cut_face(face: np.ndarray, room: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return what remains of a face, and the points where the plane crosses its edges."""
    polygon, crossings = [], []
    for here, there, a, b in zip(face, np.roll(face, -1, axis=0), room, np.roll(room, -1)):
        if a >= 0:
            polygon.append(here)
        if (a >= 0) != (b >= 0):
            crossing = here + a / (a - b) * (there - here)
            polygon.append(crossing)
            crossings.append(crossing)
    return np.array(polygon), crossings


def _around(points: np.ndarray, axis: int) -> np.ndarray:
    """Return the corners of a convex polygon across an axis in their order."""
    flat = np.delete(points, axis, axis=1)
    off = flat - flat.mean(axis=0)
    return np.asarray(points[np.argsort(np.arctan2(off[:, 1], off[:, 0]), kind='stable')])


def _volume(faces: list[np.ndarray]) -> float:
    """Return the volume of a convex body: pyramids from a point inside to each face."""
    if not faces:
        return 0.0
    inside = np.concatenate(faces).mean(axis=0)
    volume = 0.0
    for face in faces:
        off = face - inside
        fan = np.stack([np.broadcast_to(off[0], off[1:-1].shape), off[1:-1], off[2:]], axis=1)
        volume += float(np.abs(np.linalg.det(fan)).sum()) / 6
    return volume
