"""The camera moves smoothly, and windows and their matrices mean the same."""

from __future__ import annotations

import math

import numpy as np
import pytest

from efficientsam3_ros.datasets.stills.camera_path import CameraPath, Stop, Window

PATH = CameraPath(
    (
        Stop(0, Window(100, 80, 60)),
        Stop(1, Window(160, 90, 80, 0.1)),
        Stop(2.5, Window(40, 60, 50, -0.1)),
    )
)


def test_the_matrix_leads_to_the_corners_and_back():
    window = Window(100, 80, 60, 0.3)
    matrix = window.matrix(30, 40)
    corners = np.array([[-0.5, -0.5], [39.5, -0.5], [39.5, 29.5], [-0.5, 29.5]])
    there = corners @ matrix[:, :2].T + matrix[:, 2]
    assert there == pytest.approx(window.corners(0.75))
    assert window.seen(there, 0.75) == pytest.approx(
        np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
    )


def test_the_path_meets_its_stops_and_rests_beyond_them():
    assert PATH.at(1) == Window(160, 90, 80, 0.1)
    assert PATH.at(-3) == PATH.at(0)
    assert PATH.at(9) == PATH.at(2.5) == Window(40, 60, 50, -0.1)
    assert PATH.at(0.5).x == pytest.approx(130)
    assert PATH.at(0.5).width == pytest.approx(math.sqrt(60 * 80))
    assert len(PATH.windows(10)) == 26


def test_the_camera_never_jerks():
    fine = np.array([[w.x, w.y, w.width, 100 * w.angle] for w in PATH.windows(1000)])
    speed = np.diff(fine, axis=0)
    # Ten thousandths of the way between two stops are the most that a frame of 1/1000 s may take
    # on; between two frames the speed changes by a small part of that.
    assert np.abs(speed).max() < 0.25
    assert np.abs(np.diff(speed, axis=0)).max() < 2e-3
    for stop in PATH.stops:
        near = np.array([[PATH.at(stop.second + d).x for d in (-1e-3, 1e-3)]])
        assert np.abs(near - stop.window.x).max() < 1e-4
