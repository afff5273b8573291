from __future__ import annotations

from grasp_table import TABLE, UP, seen, standing
import numpy as np
import pytest

from efficientsam3_ros.scene3d import (
    OrientedBox,
    SceneError,
    box_iou,
    find_support,
    fit_object_box,
)

LOWER = standing((0.14, 0.12, 0.08), 20)
UPPER = OrientedBox(LOWER.center + 0.09 * UP, LOWER.rotation, np.array([0.08, 0.06, 0.1]))


@pytest.fixture(scope='module')
def cloud():
    return seen(LOWER, UPPER)


def test_what_stands_on_the_table_reaches_it(cloud):
    box = fit_object_box(cloud, 1, find_support(cloud, 1))
    assert TABLE.heights(box.corners()).min() == pytest.approx(0, abs=0.002)
    assert box_iou(box, LOWER) > 0.85


def test_what_stands_on_another_thing_does_not(cloud):
    support = find_support(cloud, 2)
    assert not support.carries
    box = fit_object_box(cloud, 2, support)
    assert TABLE.heights(box.corners()).min() > 0.07
    assert box.rotation[:, 2] @ UP > 0.999
    assert box_iou(box, UPPER) > 0.8


def test_an_object_without_points_has_no_box(cloud):
    with pytest.raises(SceneError, match='no depth'):
        fit_object_box(cloud, 9)
