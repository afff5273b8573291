from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.scene3d.grasps import Grasp, Gripper


def test_fingers_leave_the_width_between_them_and_the_palm_is_behind():
    gripper = Gripper(finger_length=0.04, finger_thickness=0.01, palm_depth=0.05)
    low, high = gripper.solids(0.06)
    assert high[0, 1] == pytest.approx(-0.03)
    assert low[1, 1] == pytest.approx(0.03)
    assert high[1, 1] == pytest.approx(0.04)
    assert (low[:, 2].tolist(), high[:, 2].tolist()) == (
        pytest.approx([-0.04, -0.04, -0.09]),
        pytest.approx([0.0, 0.0, -0.04]),
    )
    assert (low < high).all()


def test_a_gripper_without_fingers_is_refused():
    with pytest.raises(ValueError, match='finger_length'):
        Gripper(finger_length=0.0)


def grasp(x=0.0, turn=None):
    pose = np.eye(4)
    pose[0, 3] = x
    if turn is not None:
        pose[:3, :3] = turn
    return Grasp(pose, 0.05, 1.0, np.zeros((2, 3)), (True, True))


def test_a_hand_turned_by_half_a_turn_holds_the_same():
    half, quarter = np.diag([-1.0, -1, 1]), np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    assert grasp().is_like(grasp(0.005, half), 0.01, 20)
    assert not grasp().is_like(grasp(0.005, quarter), 0.01, 20)
    assert not grasp().is_like(grasp(0.02), 0.01, 20)
    assert not grasp().is_like(grasp(0.0, np.diag([1.0, -1, -1])), 0.01, 20), 'from below'
