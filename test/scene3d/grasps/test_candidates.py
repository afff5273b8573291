from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.scene3d.grasps.candidates import orientations

POINT = np.array([0.1, 0.05, 0.8])
VIEW = POINT / np.linalg.norm(POINT)


@pytest.mark.parametrize('up', [None, np.array([0, -0.8, -0.6]), np.array([0, -0.8, 0.6])])
@pytest.mark.parametrize('normal', [-VIEW, np.array([-0.8, 0, -0.6]), np.array([0, -1.0, 0])])
def test_hands_are_rotations_and_none_comes_from_behind(normal, up):
    turns = list(orientations(POINT, normal, up))
    assert turns
    for turn in turns:
        np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)
        assert np.linalg.det(turn) == pytest.approx(1)
        assert turn[:, 2] @ VIEW >= 0


def test_fingers_close_along_the_normal_of_a_steep_side():
    up, normal = np.array([0, -0.8, -0.6]), np.array([1.0, 0, 0])
    from_above = [t for t in orientations(POINT, normal, up) if t[:, 2] @ up < -0.99]
    assert len(from_above) == 1
    assert abs(from_above[0][:, 1] @ normal) == pytest.approx(1)


def test_on_a_flat_top_fingers_close_along_and_across_the_object():
    up = np.array([0, -0.8, -0.6])
    along = np.array([0.6, -0.48, 0.64])
    from_above = [t for t in orientations(POINT, up, up, along) if t[:, 2] @ up < -0.99]
    cosines = sorted(abs(turn[:, 1] @ along) for turn in from_above)
    assert cosines[0] == pytest.approx(0, abs=1e-9)
    assert cosines[-1] == pytest.approx(1)
