"""The order and the signs of a box's axes, so that the same box always has the same ones."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.scene3d.box.oriented_box import OrientedBox

_LEVEL = 1e-6


def facing(direction: np.ndarray) -> np.ndarray:
    """Return a right-handed rotation (3, 3) whose third column is a direction of length 1."""
    start = np.eye(3)[int(np.abs(direction).argmin())]
    x = np.cross(start, direction)
    x /= np.linalg.norm(x)
    return np.stack([x, np.cross(direction, x), direction], axis=1)


def upright_axes(box: OrientedBox) -> OrientedBox:
    """Return the box with z as it is, x along the longer other edge and to the right."""
    x, y, z = box.rotation.T
    size = box.size
    if size[1] > size[0]:
        x, size = y, size[[1, 0, 2]]
    x = _to_the_right(x)
    return OrientedBox(box.center, np.stack([x, np.cross(z, x), z], axis=1), size)


def longest_first(box: OrientedBox) -> OrientedBox:
    """Return the box with edges of falling length, x to the right and z towards the camera."""
    order = np.argsort(-box.size, kind='stable')
    x = _to_the_right(box.rotation[:, order[0]])
    z = box.rotation[:, order[2]]
    z = -z if z @ box.center > 0 else z
    return OrientedBox(box.center, np.stack([x, np.cross(z, x), z], axis=1), box.size[order])


def _to_the_right(axis: np.ndarray) -> np.ndarray:
    # Straight ahead is neither right nor left: then away counts, or up in the image.
    side = axis[0] if abs(axis[0]) > _LEVEL else axis[2] - axis[1]
    return axis if side >= 0 else -axis
