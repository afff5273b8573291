"""One object leaves the picture and returns; which one, geometry and the name decide."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from efficientsam3_ros.datasets.stills.reentry_path import out_of_view, reentry_path
from efficientsam3_ros.datasets.stills.window_grid import WindowGrid, outline

ASPECT, FPS = 0.75, 15.0


def scene(*boxes: tuple[int, int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return ids of blocks (x, y, width, height) on a table in the lower part of the still."""
    ids = np.zeros((240, 320), np.uint16)
    for number, (x, y, width, height) in enumerate(boxes, 1):
        ids[y : y + height, x : x + width] = number
    unlabeled = np.zeros(ids.shape, bool)
    unlabeled[:60] = True
    return ids, unlabeled


TWO = scene((90, 120, 40, 40), (150, 130, 50, 30))


@pytest.mark.parametrize('name', ['one', 'two', 'three', 'four'])
def test_an_object_is_in_view_leaves_for_a_second_and_returns(name):
    ids, unlabeled = TWO
    plan = reentry_path(ids, unlabeled, ASPECT, name)
    assert plan.leaving in (1, 2)
    assert 5 <= plan.path.seconds <= 10
    windows = plan.path.windows(FPS)
    gone = [out_of_view(w, outline(ids == plan.leaving), ASPECT, near=0) for w in windows]
    assert FPS <= sum(gone) < len(gone) / 2
    first, last = gone.index(True), len(gone) - gone[::-1].index(True)
    assert all(gone[first:last]), 'it leaves once'
    for window in (windows[0], windows[-1]):
        seen = window.seen(outline(ids == plan.leaving), ASPECT)
        assert seen.min() > 0
        assert seen.max() < 1


def test_who_may_leave_can_be_told():
    for number in (1, 2):
        assert reentry_path(*TWO, ASPECT, 'one', [number]).leaving == number
    assert reentry_path(*TWO, ASPECT, 'one', []).leaving == 0
    both = reentry_path(*TWO, ASPECT, 'one', [1, 2])
    assert both == reentry_path(*TWO, ASPECT, 'one')


def test_the_camera_stays_on_the_still_and_mostly_off_what_is_unlabeled():
    ids, unlabeled = TWO
    for window in reentry_path(ids, unlabeled, ASPECT, 'one').path.windows(FPS):
        corners = window.corners(ASPECT)
        assert corners.min() >= 0
        assert (corners <= (319, 239)).all()
        assert corners[:, 1].min() > 60 - 0.15 * window.width


def test_the_camera_is_slow():
    windows = reentry_path(*TWO, ASPECT, 'one').path.windows(FPS)
    steps = [np.hypot(b.x - a.x, b.y - a.y) / a.width for a, b in pairwise(windows)]
    assert max(steps) < 0.08


def test_a_name_decides_and_nothing_else():
    plan = reentry_path(*TWO, ASPECT, 'one')
    assert plan == reentry_path(*TWO, ASPECT, 'one')
    assert plan != reentry_path(*TWO, ASPECT, 'another')


def test_the_one_that_leaves_most_of_the_others_in_view_goes():
    # The long one hides behind no border that would not take a short one with it.
    ids, unlabeled = scene((40, 100, 200, 30), (80, 140, 30, 30), (200, 140, 30, 30))
    assert reentry_path(ids, unlabeled, ASPECT, 'one').leaving in (2, 3)


def test_what_fills_the_still_cannot_leave_and_nothing_is_no_object():
    for ids in (np.ones((240, 320), np.uint16), np.zeros((240, 320), np.uint16)):
        plan = reentry_path(ids, np.zeros(ids.shape, bool), ASPECT, 'one')
        assert plan.leaving == 0
        assert 5 <= plan.path.seconds <= 10


def test_windows_know_what_they_show():
    ids, unlabeled = TWO
    grid = WindowGrid.of(ids, unlabeled, ASPECT)
    for index in range(0, len(grid.places), 37):
        x, y, width = grid.places[index]
        left, top = round(x - (width - 1) / 2), round(y - (int(width * ASPECT) - 1) / 2)
        part = np.s_[top : top + int(width * ASPECT), left : left + int(width)]
        assert grid.unlabeled[index] == pytest.approx(unlabeled[part].mean())
        for row, number in enumerate(grid.numbers):
            share = (ids[part] == number).sum() / (ids == number).sum()
            assert grid.shown[row, index] <= share
            assert grid.shown[row, index] < 1 or share == 1
            assert not (grid.without[row, index] and share)
