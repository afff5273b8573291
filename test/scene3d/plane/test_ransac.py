from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.scene3d.plane import fit_plane

NORMAL = np.array([0.1, -0.8, -0.6]) / np.linalg.norm([0.1, -0.8, -0.6])
POINT = np.array([0.0, 0.2, 0.9])


def on_plane(rng, count, normal=NORMAL, noise=0.002):
    flat = rng.uniform(-0.4, 0.4, (count, 3))
    flat -= (flat @ normal)[:, None] * normal
    return POINT + flat + rng.normal(0, noise, (count, 1)) * normal


def angle_deg(one, other):
    return np.degrees(np.arccos(np.clip(one @ other, -1, 1)))


@pytest.mark.parametrize('others', [0, 1500])
def test_noise_and_a_third_of_other_things_do_not_turn_it(others):
    rng = np.random.default_rng(0)
    clutter = rng.uniform(-0.2, 0.2, (others, 3)) + POINT + 0.2 * NORMAL
    plane = fit_plane(np.concatenate([on_plane(rng, 3000), clutter]))
    assert angle_deg(plane.normal, NORMAL) < 0.5
    assert abs(plane.heights(POINT)) < 0.001
    assert plane.offset > 0, 'the camera is above'


def test_up_prefers_the_smaller_level_plane_and_sets_the_side():
    rng = np.random.default_rng(1)
    wall = np.array([0.0, 0.6, -0.8])
    points = np.concatenate([on_plane(rng, 1000), on_plane(rng, 3000, wall)])
    assert angle_deg(fit_plane(points).normal, wall) < 1
    assert angle_deg(fit_plane(points, up=NORMAL).normal, NORMAL) < 1
    assert angle_deg(fit_plane(points, up=-NORMAL).normal, -NORMAL) < 1
    assert fit_plane(on_plane(rng, 1000, wall), up=NORMAL) is None


def test_a_level_plane_of_a_tenth_of_the_points_is_found():
    rng = np.random.default_rng(6)
    wall = np.array([0.0, 0.6, -0.8])
    points = np.concatenate([on_plane(rng, 400), on_plane(rng, 3600, wall) - 0.5 * NORMAL])
    assert angle_deg(fit_plane(points, up=NORMAL).normal, NORMAL) < 2


def test_same_points_give_the_same_plane():
    points = on_plane(np.random.default_rng(2), 5000)
    assert fit_plane(points).offset == fit_plane(points).offset


def test_no_plane_where_there_is_none():
    rng = np.random.default_rng(3)
    assert fit_plane(rng.uniform(0, 1, (5, 3))) is None
    assert fit_plane(np.ones((50, 3))) is None or np.isfinite(fit_plane(np.ones((50, 3))).offset)
    assert fit_plane(rng.uniform(-50, 50, (60, 3))) is None


def test_heights():
    plane = fit_plane(on_plane(np.random.default_rng(4), 500, noise=0))
    above = POINT + 0.3 * NORMAL
    assert plane.heights(above) == pytest.approx(0.3, abs=1e-6)
    np.testing.assert_allclose(plane.below(above), POINT, atol=1e-6)
