"""Which objects could be taken at all, from shapes made by hand."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('mujoco')

from efficientsam3_ros.simulation.grasping.graspable import is_graspable, narrowest_width
from efficientsam3_ros.simulation.grasping.hand_shape import HandShape

HAND = HandShape()


def box(x: float, y: float, z: float) -> np.ndarray:
    """Return points all over a box on the table."""
    grid = np.stack(np.meshgrid(*[np.linspace(-0.5, 0.5, 41)] * 3), -1).reshape(-1, 3)
    shell = grid[np.abs(grid).max(axis=1) == 0.5]
    return (shell + np.array([0, 0, 0.5])) * [x, y, z]


def ball(radius: float) -> np.ndarray:
    normals = np.random.default_rng(0).normal(size=(6000, 3))
    return (normals / np.linalg.norm(normals, axis=1)[:, None] + [0, 0, 1]) * radius


def wall(radius: float, rise: float, height: float, spread: float = 0.0) -> np.ndarray:
    """Return points of a ring that opens by ``spread`` from its foot at ``rise`` to its top."""
    turn, up = np.meshgrid(np.linspace(0, 2 * np.pi, 400), np.linspace(0, 1, 30))
    out = radius + spread * up
    ring = [out * np.cos(turn), out * np.sin(turn), rise + (height - rise) * up]
    return np.stack(ring, -1).reshape(-1, 3)


def test_widths_of_solid_things():
    assert narrowest_width(box(0.05, 0.14, 0.1)) == pytest.approx(0.05, abs=0.003)
    assert narrowest_width(box(0.05, 0.14, 0.1) @ turned(35).T) == pytest.approx(0.05, abs=0.006)
    assert narrowest_width(ball(0.03)) < 0.0605


def turned(degrees: float) -> np.ndarray:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])


def test_what_is_too_wide_or_too_flat_does_not_count():
    assert narrowest_width(box(0.12, 0.12, 0.1)) > 0.1
    assert not is_graspable(narrowest_width(box(0.12, 0.12, 0.1)), 1.0, True, HAND)
    assert narrowest_width(box(0.05, 0.05, 0.006)) == np.inf
    assert narrowest_width(box(0.05, 0.05, 0.05) - [0, 0, 0.7]) == np.inf, 'on the floor'


def test_a_wide_bowl_has_a_wall_and_a_plate_has_none():
    bowl = wall(0.07, 0.0, 0.06, spread=0.01)
    assert narrowest_width(bowl) < 0.02
    plate = wall(0.07, 0.01, 0.02, spread=0.06)
    assert not is_graspable(narrowest_width(plate), 1.0, True, HAND)


@pytest.mark.parametrize(
    ('width', 'visible', 'whole', 'counts'),
    [
        (0.076, 0.9, True, True),
        (0.078, 1.0, True, False),
        (0.05, 0.89, True, False),
        (0.05, 1.0, False, False),
        (np.inf, 1.0, True, False),
    ],
)
def test_narrow_enough_seen_and_whole(width, visible, whole, counts):
    assert is_graspable(width, visible, whole, HAND) is counts
