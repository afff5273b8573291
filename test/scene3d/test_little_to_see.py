"""Scenes that hold next to nothing give no answer or a plain error, never another one."""

from __future__ import annotations

from grasp_table import CAMERA, TABLE, UP
import numpy as np
import pytest

from efficientsam3_ros.scene3d import (
    SceneError,
    find_grasps,
    find_support,
    fit_object_box,
    make_cloud,
)

HEIGHT, WIDTH = CAMERA.size


def cloud_of(depth, pixels):
    labels = np.zeros((HEIGHT, WIDTH), np.uint32)
    labels[:1, :pixels] = 1
    return make_cloud(depth, CAMERA, np.zeros((HEIGHT, WIDTH, 3), np.uint8), labels)


@pytest.mark.parametrize('pixels', [0, 1, 2, 3, 25, 320])
@pytest.mark.parametrize('filling', [np.nan, 0.0, 0.7])
def test_an_object_of_a_few_pixels(pixels, filling):
    cloud = cloud_of(np.full((HEIGHT, WIDTH), filling), pixels)
    support = find_support(cloud, 1, up=UP)
    assert find_grasps(cloud, 1, support=TABLE) == ()
    if filling != 0.7 or pixels < 3:
        with pytest.raises(SceneError, match='three points'):
            fit_object_box(cloud, 1, support)
    else:
        assert (fit_object_box(cloud, 1, support).size >= 0.01 - 1e-9).all()


def test_depth_of_noise_alone():
    depth = np.random.default_rng(0).uniform(0.3, 3, (HEIGHT, WIDTH))
    cloud = cloud_of(depth, 200)
    find_support(cloud, 1)
    find_grasps(cloud, 1)
    assert np.isfinite(fit_object_box(cloud, 1).corners()).all()
