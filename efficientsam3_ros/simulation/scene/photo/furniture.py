"""Chairs, cupboards and boxes around the table, without ids: what a room has in its background."""

from __future__ import annotations

import mujoco
import numpy as np

from efficientsam3_ros.simulation.scene.room import FLOOR_Z

_NEAREST = 1.3
"""Metres from the middle of the table; cameras stay inside."""
_FARTHEST = 2.1
_TONES = (
    *((0.05, 0.05, 0.06), (0.12, 0.12, 0.13), (0.3, 0.3, 0.32), (0.55, 0.55, 0.55)),
    *((0.85, 0.84, 0.8), (0.5, 0.36, 0.22), (0.32, 0.2, 0.12), (0.2, 0.25, 0.4)),
)
_BOX = mujoco.mjtGeom.mjGEOM_BOX
_CYLINDER = mujoco.mjtGeom.mjGEOM_CYLINDER


def add_furniture(spec: mujoco.MjSpec, rng: np.random.Generator) -> None:
    """Add three to nine pieces on the floor."""
    for _ in range(int(rng.integers(3, 10))):
        angle, away = rng.uniform(-np.pi, np.pi), rng.uniform(_NEAREST, _FARTHEST)
        place = np.array([away * np.cos(angle), away * np.sin(angle), FLOOR_Z])
        turn = rng.uniform(-np.pi, np.pi)
        body = spec.worldbody.add_body(pos=place, quat=[np.cos(turn / 2), 0, 0, np.sin(turn / 2)])
        tone = np.array(_TONES[rng.integers(len(_TONES))]) * rng.uniform(0.8, 1.2, 3)
        if rng.random() < 0.45:
            _chair(body, rng, tone)
        else:
            half = rng.uniform([0.08, 0.08, 0.1], [0.4, 0.3, 0.65])
            _part(body, _BOX, half, [0, 0, half[2]], tone)
            _things_on_top(body, rng, half)


def _chair(body: mujoco.MjsBody, rng: np.random.Generator, tone: np.ndarray) -> None:
    seat = rng.uniform(0.4, 0.5)
    _part(body, _BOX, [0.21, 0.21, 0.03], [0, 0, seat], tone)
    _part(body, _BOX, [0.2, 0.025, rng.uniform(0.15, 0.3)], [0, 0.21, seat + 0.35], tone)
    _part(body, _CYLINDER, [0.025, seat / 2, 0], [0, 0, seat / 2], tone * 0.5)
    for angle in np.arange(5) * 2 * np.pi / 5:
        foot = body.add_geom(
            type=_BOX,
            size=[0.15, 0.02, 0.015],
            pos=[0.15 * np.cos(angle), 0.15 * np.sin(angle), 0.05],
            quat=[np.cos(angle / 2), 0, 0, np.sin(angle / 2)],
            rgba=[*np.clip(tone * 0.6, 0, 1), 1],
        )
        foot.contype = foot.conaffinity = 0


def _things_on_top(body: mujoco.MjsBody, rng: np.random.Generator, half: np.ndarray) -> None:
    for _ in range(int(rng.integers(0, 4))):
        size = rng.uniform(0.03, 0.12, 3)
        x, y = rng.uniform(-0.7, 0.7, 2) * half[:2]
        color = np.clip(rng.uniform(0.05, 0.9) * rng.uniform(0.6, 1.3, 3), 0, 1)
        kind = _BOX if rng.random() < 0.7 else _CYLINDER
        _part(
            body, kind, size, [x, y, 2 * half[2] + (size[2] if kind == _BOX else size[1])], color
        )


def _part(
    body: mujoco.MjsBody,
    kind: mujoco.mjtGeom,
    size: list[float] | np.ndarray,
    place: list[float],
    color: np.ndarray,
) -> None:
    body.add_geom(
        type=kind,
        size=size,
        pos=place,
        rgba=[*np.clip(color, 0, 1), 1],
        contype=0,
        conaffinity=0,
    )
