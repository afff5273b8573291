"""Poses and vectors as messages."""

from __future__ import annotations

from geometry_msgs.msg import Point, Pose, Vector3
import numpy as np

from efficientsam3_ros.scene3d import OrientedBox


def fill_pose(center: np.ndarray, rotation: np.ndarray) -> Pose:
    """Return a pose.

    Args:
        center: (3,), metres.
        rotation: (3, 3), right-handed, its columns are the axes.
    """
    x, y, z, w = OrientedBox(center, rotation, np.ones(3)).quaternion()
    pose = Pose()
    pose.position = fill_point(center)
    turn = pose.orientation
    turn.x, turn.y, turn.z, turn.w = float(x), float(y), float(z), float(w)
    return pose


def fill_point(values: np.ndarray) -> Point:
    """Return a point (3,), metres."""
    return Point(x=float(values[0]), y=float(values[1]), z=float(values[2]))


def fill_vector(values: np.ndarray) -> Vector3:
    """Return a vector (3,)."""
    return Vector3(x=float(values[0]), y=float(values[1]), z=float(values[2]))
