"""Round things of which only the near half is seen."""

from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.scene3d.box import OrientedBox, box_iou, fit_box
from efficientsam3_ros.scene3d.box.round import round_footprint

AWAY = np.array([0.6, 0.8])
ACROSS = np.array([-0.8, 0.6])
MIDDLE = 0.7 * AWAY


def arc(radius: float, noise: float = 0.0) -> np.ndarray:
    """Return points of the near half of a ball seen from above, float64 (N, 2)."""
    rng = np.random.default_rng(0)
    angle, share = rng.uniform(-np.pi / 2, np.pi / 2, 2000), np.sqrt(rng.uniform(0, 1, 2000))
    own = (
        radius * share[:, None] * (np.sin(angle)[:, None] * ACROSS - np.cos(angle)[:, None] * AWAY)
    )
    return MIDDLE + own + rng.normal(0, noise, own.shape)


def rectangle(width: float, depth: float, turn_deg: float) -> np.ndarray:
    """Return points of a rectangle seen from above, float64 (N, 2)."""
    own = np.random.default_rng(0).uniform(-0.5, 0.5, (2000, 2)) * (width, depth)
    cos, sin = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    return MIDDLE + own @ np.array([[cos, sin], [-sin, cos]])


@pytest.mark.parametrize('radius', [0.02, 0.04, 0.08])
def test_half_a_ball_gives_the_whole_one(radius):
    circle = round_footprint(arc(radius, 0.02 * radius), AWAY)
    assert circle is not None
    assert circle.radius == pytest.approx(radius, rel=0.12)
    assert np.linalg.norm(circle.center - MIDDLE) < 0.2 * radius


@pytest.mark.parametrize('turn_deg', range(0, 90, 15))
@pytest.mark.parametrize('size', [(0.05, 0.05), (0.1, 0.06), (0.2, 0.02)])
def test_what_has_corners_is_not_round(size, turn_deg):
    assert round_footprint(rectangle(*size, turn_deg), AWAY) is None


def test_a_ball_with_a_handle_is_not_round():
    handle = MIDDLE + 0.05 * ACROSS + np.random.default_rng(1).uniform(0, 0.02, (300, 2))
    assert round_footprint(np.concatenate([arc(0.04), handle]), AWAY) is None


def test_few_points_tell_nothing():
    assert round_footprint(arc(0.04)[:40], AWAY) is None


@pytest.mark.parametrize('elevation_deg', [25, 40, 60])
def test_the_box_of_a_ball_holds_its_back(elevation_deg):
    radius, angle = 0.04, np.radians(elevation_deg)
    up = np.array([0, -np.cos(angle), -np.sin(angle)])
    center = np.array([0.05, 0.02, 0.8])
    rng = np.random.default_rng(0)
    normals = rng.normal(size=(6000, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    points = center + radius * normals
    towards = -points / np.linalg.norm(points, axis=1, keepdims=True)
    seen = points[(normals * towards).sum(axis=1) > 0.1]
    box = fit_box(seen + rng.normal(0, 0.0005, seen.shape), up=up)
    side = np.array([1.0, 0, 0])
    truth = OrientedBox(center, np.stack([side, np.cross(up, side), up], axis=1), np.full(3, 0.08))
    # The lower part stays unseen, as nothing tells where the table is.
    assert box_iou(box, truth) > 0.62
    assert box.size[1] == pytest.approx(0.08, rel=0.12)
