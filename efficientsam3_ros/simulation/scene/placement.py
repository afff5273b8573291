"""Puts objects on the table, apart from each other, and takes them away again."""

from __future__ import annotations

import mujoco
import numpy as np

from efficientsam3_ros.simulation.scene.room import FLOOR_Z, TABLE_HALF
from efficientsam3_ros.simulation.scene.scene import Scene

SETTLE_STEPS = 350
LYING_PROBABILITY = 0.15
_TRIES = 400
_SPACING = 0.72
_MARGIN = 0.1


def turned(points: np.ndarray, quaternion: np.ndarray) -> np.ndarray:
    """Rotate (V, 3) points by a (w, x, y, z) quaternion."""
    matrix = np.empty(9)
    mujoco.mju_quat2Mat(matrix, quaternion)
    return points @ matrix.reshape(3, 3).T


def radius(scene: Scene, index: int) -> float:
    """Half of the larger side of an upright object's footprint, metres."""
    return float(np.ptp(scene.points[index][:, :2], axis=0).max() / 2)


def random_orientation(rng: np.random.Generator) -> np.ndarray:
    """Upright with a random heading, sometimes lying on its side; (4,) w, x, y, z."""
    heading, roll = np.empty(4), np.array([1.0, 0, 0, 0])
    mujoco.mju_axisAngle2Quat(heading, np.array([0.0, 0, 1]), rng.uniform(-np.pi, np.pi))
    if rng.random() < LYING_PROBABILITY:
        mujoco.mju_axisAngle2Quat(roll, np.array([1.0, 0, 0]), rng.choice([-1, 1]) * np.pi / 2)
    result = np.empty(4)
    mujoco.mju_mulQuat(result, heading, roll)
    return result


def on_table(scene: Scene) -> np.ndarray:
    """Bool (N,): whether each object's origin is above the table."""
    inside = np.abs(scene.positions()[:, :2]) < np.array(TABLE_HALF[:2])
    return inside.all(1) & (scene.positions()[:, 2] > -0.1)


def place(scene: Scene, rng: np.random.Generator, indices: list[int]) -> None:
    """Put the objects of ``indices`` on free spots, the widest first; no physics is run."""
    waiting = set(indices)
    for index in sorted(indices, key=lambda i: -radius(scene, i)):
        quaternion = random_orientation(rng)
        spot = free_spot(scene, rng, index, waiting)
        waiting.discard(index)
        state = scene.state(index)
        lowest = turned(scene.points[index], quaternion)[:, 2].min()
        state[:] = [*spot, 0.004 - lowest, *quaternion]
        scene.velocity(index)[:] = 0


def free_spot(scene: Scene, rng: np.random.Generator, index: int, waiting: set[int]) -> np.ndarray:
    """Return the first free of up to 400 random places, else the one with the most room.

    Args:
        scene: Scene.
        rng: Source of randomness.
        index: Object to be placed.
        waiting: Objects that are not in the way.

    Returns:
        float64 (2,) x and y, metres.
    """
    others = [i for i in range(len(scene.objects)) if i not in waiting and on_table(scene)[i]]
    half = np.array(TABLE_HALF[:2]) - _MARGIN
    spots = rng.uniform(-half, half, (_TRIES, 2))
    if not others:
        return spots[0]
    centers = scene.positions()[others, :2]
    reach = np.array([radius(scene, i) for i in others]) + radius(scene, index)
    room = np.linalg.norm(spots[:, None] - centers, axis=2) - _SPACING * reach
    gap = room.min(1)
    free = np.flatnonzero(gap > 0)
    return spots[free[0] if len(free) else gap.argmax()]


def park(scene: Scene, index: int) -> None:
    """Move an object out of sight, behind the wall."""
    scene.state(index)[:] = [
        2.6 + 0.4 * (index % 8),
        2.6 + 0.4 * (index // 8),
        FLOOR_Z,
        1,
        0,
        0,
        0,
    ]
    scene.velocity(index)[:] = 0


def settle(scene: Scene, steps: int = SETTLE_STEPS) -> None:
    """Let everything come to rest; what fell off the table is parked."""
    scene.step(steps)
    for index in np.flatnonzero(~on_table(scene)):
        park(scene, int(index))
    scene.data.qvel[:] = 0
