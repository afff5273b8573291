from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.scene3d.box import OrientedBox, box_iou, common_volume


def turned(axis, angle_deg):
    axis, angle = np.array(axis, float) / np.linalg.norm(axis), np.radians(angle_deg)
    cross = np.cross(np.eye(3), axis)
    return np.eye(3) - np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def box(center=(0, 0, 0), size=(1, 1, 1), axis=(0, 0, 1), angle=0.0):
    return OrientedBox(np.array(center, float), turned(axis, angle), np.array(size, float))


def test_a_box_is_itself():
    one = box((0.3, 2, 5), (0.1, 0.25, 0.02), (1, 2, 3), 33)
    assert box_iou(one, one) == pytest.approx(1)
    # Axes in another order describe the same box.
    same = OrientedBox(one.center, one.rotation[:, [1, 2, 0]], one.size[[1, 2, 0]])
    assert box_iou(one, same) == pytest.approx(1)


@pytest.mark.parametrize('off', [0.0, 1e-14, 1e-10, 1e-9, 1e-8, 1e-6])
def test_nearly_the_same_box(off):
    rng = np.random.default_rng(0)
    for _ in range(60):
        one = box(rng.uniform(-1, 1, 3), rng.uniform(0.05, 0.4, 3), rng.normal(size=3), 77)
        turn = one.rotation @ turned(rng.normal(size=3), 50 * off)
        size = one.size + off * rng.normal(size=3)
        other = OrientedBox(one.center + off * rng.normal(size=3), turn, size)
        assert box_iou(one, other) == pytest.approx(1, abs=1e-12 + 300 * off)
        assert common_volume(one, other) <= one.volume * (1 + 1e-12)


@pytest.mark.parametrize('shift', [0.0, 0.25, 0.9])
def test_shifted_along_an_edge(shift):
    common = 1 - shift
    assert box_iou(box(), box((shift, 0, 0))) == pytest.approx(common / (2 - common))


def test_a_cube_turned_by_45_degrees():
    # The common part of two unit squares is a regular octagon.
    assert common_volume(box(), box(angle=45)) == pytest.approx(2 * (np.sqrt(2) - 1))


def test_one_inside_the_other():
    small = box((0.1, 0.05, 0), (0.2, 0.3, 0.1), (1, 1, 0), 20)
    assert common_volume(box(), small) == pytest.approx(small.volume)


@pytest.mark.parametrize('center', [(1.0, 0, 0), (5, 5, 5), (0.9, 0.9, 1.01)])
def test_apart_or_touching(center):
    assert box_iou(box(), box(center)) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize('seed', range(6))
def test_like_counting_points(seed):
    rng = np.random.default_rng(seed)
    one = box(size=(0.3, 0.2, 0.1), axis=rng.normal(size=3), angle=50)
    center, size = rng.uniform(-0.08, 0.08, 3), rng.uniform(0.1, 0.3, 3)
    other = box(center, size, rng.normal(size=3), rng.uniform(0, 180))
    points = one.center + (rng.uniform(-0.5, 0.5, (200_000, 3)) * one.size) @ one.rotation.T
    counted = other.inside(points).mean() * one.volume
    assert common_volume(one, other) == pytest.approx(counted, rel=0.02, abs=1e-5)
    assert common_volume(other, one) == pytest.approx(common_volume(one, other))
