"""Hollow things stay hollow, and solid ones whole."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('mujoco')

from efficientsam3_ros.simulation.grasping.solids import convex_parts

_FACES = np.array(
    [
        *([0, 1, 3], [0, 3, 2], [4, 7, 5], [4, 6, 7], [0, 5, 1], [0, 4, 5]),
        *([2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]),
    ]
)


def box(low: list[float], high: list[float]) -> tuple[np.ndarray, np.ndarray]:
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
    return np.array(low) + corners * (np.array(high) - low), _FACES


def joined(*meshes: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in meshes)])
    faces = [faces + start for (_, faces), start in zip(meshes, starts)]
    return np.concatenate([vertices for vertices, _ in meshes]), np.concatenate(faces)


def holds(points: np.ndarray, place: np.ndarray) -> bool:
    """Tell whether a place is in the hull of points: no direction separates them."""
    directions = np.random.default_rng(1).normal(size=(3000, 3))
    return bool(((points - place) @ directions.T).max(axis=0).min() > 0)


def tray() -> tuple[np.ndarray, np.ndarray]:
    floor = box([-0.06, -0.06, 0], [0.06, 0.06, 0.006])
    walls = [box([x - 0.004, -0.06, 0], [x + 0.004, 0.06, 0.06]) for x in (-0.056, 0.056)] + [
        box([-0.06, y - 0.004, 0], [0.06, y + 0.004, 0.06]) for y in (-0.056, 0.056)
    ]
    return joined(floor, *walls)


def test_a_box_is_one_part():
    parts = convex_parts(*box([0, 0, 0], [0.05, 0.08, 0.03]))
    assert len(parts) == 1
    np.testing.assert_allclose(np.ptp(parts[0], axis=0), [0.05, 0.08, 0.03], atol=1e-3)


def test_the_same_mesh_gives_the_same_parts():
    corner = joined(box([0, 0, 0], [0.06, 0.02, 0.02]), box([0, 0, 0], [0.02, 0.06, 0.02]))
    first, again = convex_parts(*corner), convex_parts(*corner)
    assert len(first) > 1
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


def test_a_tray_is_empty_inside_and_solid_at_its_walls():
    parts = convex_parts(*tray())
    assert 5 <= len(parts) <= 24
    for place in ([0, 0, 0.03], [0.03, 0.03, 0.02], [-0.04, 0, 0.05]):
        assert not any(holds(part, np.array(place)) for part in parts)
    for place in ([0.056, 0, 0.03], [0, -0.056, 0.04], [0.01, 0.01, 0.003]):
        assert any(holds(part, np.array(place)) for part in parts)


def test_a_sheet_gets_a_thickness():
    sheet = np.array([[0, 0, 0], [0.1, 0, 0], [0, 0.1, 0], [0.1, 0.1, 0]], float)
    parts = convex_parts(sheet, np.array([[0, 1, 2], [1, 3, 2]]))
    assert np.ptp(parts[0][:, 2]) > 5e-4
