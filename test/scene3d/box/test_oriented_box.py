from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.scene3d.box import OrientedBox
from efficientsam3_ros.scene3d.box.oriented_box import EDGES

TURNS = [
    np.eye(3),
    np.diag([1.0, -1, -1]),
    np.diag([-1.0, 1, -1]),
    np.diag([-1.0, -1, 1]),
    np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]]),
    np.linalg.qr(np.arange(9).reshape(3, 3) ** 2 + np.eye(3))[0],
]


def by_quaternion(vector, x, y, z, w):
    axis = np.array([x, y, z])
    return vector + 2 * np.cross(axis, np.cross(axis, vector) + w * vector)


@pytest.mark.parametrize('turn', TURNS)
def test_quaternion_turns_as_the_matrix_does(turn):
    turn = turn * np.linalg.det(turn).round()
    quaternion = OrientedBox(np.zeros(3), turn, np.ones(3)).quaternion()
    vector = np.array([0.3, -0.5, 0.7])
    np.testing.assert_allclose(by_quaternion(vector, *quaternion), turn @ vector, atol=1e-9)
    assert np.linalg.norm(quaternion) == pytest.approx(1)


def test_edges_join_corners_as_far_apart_as_the_box_is_long():
    box = OrientedBox(np.array([1.0, 2, 3]), TURNS[4], np.array([0.1, 0.2, 0.4]))
    corners = box.corners()
    lengths = sorted(float(np.linalg.norm(corners[a] - corners[b])) for a, b in EDGES)
    np.testing.assert_allclose(lengths, [0.1] * 4 + [0.2] * 4 + [0.4] * 4)
    assert box.inside(corners, 1e-9).all()
    assert not box.inside(box.center + 0.6 * (corners - box.center) * 2).any()
