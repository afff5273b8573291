"""Moves the gripper of a scene."""

from __future__ import annotations

import mujoco
import numpy as np

from efficientsam3_ros.simulation.grasping.hand_body import FINGERS, HAND, PARKED, TARGET


class Hand:
    """The gripper that ``add_hand`` added.

    Args:
        model: Scene with the hand.
        data: Its state.
    """

    def __init__(self, model: mujoco.MjModel, data: mujoco.MjData) -> None:
        self._data = data
        self._target = int(model.body(TARGET).mocapid[0])
        self._place = int(model.joint(HAND).qposadr[0])
        self._speed = int(model.joint(HAND).dofadr[0])
        joints = [model.joint(name) for name in FINGERS]
        self._fingers = [int(joint.qposadr[0]) for joint in joints]
        self._finger_speeds = [int(joint.dofadr[0]) for joint in joints]
        self._drives = [model.actuator(name).id for name in FINGERS]

    def appear(self, pose: np.ndarray, width: float) -> None:
        """Put the hand somewhere at once, at rest.

        Args:
            pose: float64 (4, 4), hand to world, metres.
            width: Opening, metres.
        """
        self.lead(pose)
        self.open(width)
        data, start = self._data, self._place
        data.qpos[start : start + 3] = data.mocap_pos[self._target]
        data.qpos[start + 3 : start + 7] = data.mocap_quat[self._target]
        data.qvel[self._speed : self._speed + 6] = 0
        data.qpos[self._fingers] = width / 2
        data.qvel[self._finger_speeds] = 0

    def park(self) -> None:
        """Put the hand out of sight."""
        pose = np.eye(4)
        pose[:3, 3] = PARKED
        self.appear(pose, 0.0)

    def lead(self, pose: np.ndarray) -> None:
        """Set the pose, float64 (4, 4), hand to world, that the hand is drawn to."""
        self._data.mocap_pos[self._target] = pose[:3, 3]
        mujoco.mju_mat2Quat(self._data.mocap_quat[self._target], pose[:3, :3].flatten())

    def open(self, width: float) -> None:
        """Set the opening, metres, that the fingers are driven to; less than none presses."""
        self._data.ctrl[self._drives] = width / 2
