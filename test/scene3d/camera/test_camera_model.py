from __future__ import annotations

import cv2
import numpy as np
import pytest

from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.scene3d.camera import CameraModel, back_project, pixel_rays
from efficientsam3_ros.scene3d.camera.rays import CACHED_CAMERAS
from efficientsam3_ros.scene3d.errors import SceneError

PINHOLE = Intrinsics(80, 60, 65.0, 66.0, 40.5, 29.0)
LENSES = {
    'plumb_bob': (-0.25, 0.06, 0.002, -0.001, 0.01),
    'rational_polynomial': (0.6, -0.4, 0.001, -0.0006, 0.05, 0.9, -0.3, 0.02),
    'equidistant': (0.05, -0.02, 0.01, -0.003),
}
PRISM = (*LENSES['rational_polynomial'], 0.002, -0.001, 0.003, 0.001)
TILT = (*PRISM, 0.02, -0.03)


def opencv_pixels(points, model, values=()):
    matrix, values = PINHOLE.matrix(), np.array(values or LENSES[model])
    if model == 'equidistant':
        pixels, _ = cv2.fisheye.projectPoints(
            points.reshape(-1, 1, 3), np.zeros(3), np.zeros(3), matrix, values
        )
    else:
        pixels, _ = cv2.projectPoints(points, np.zeros(3), np.zeros(3), matrix, values)
    return pixels.reshape(-1, 2)


@pytest.mark.parametrize('model', LENSES)
def test_projection_is_opencvs(model):
    points = np.random.default_rng(1).uniform([-0.4, -0.3, 0.8], [0.4, 0.3, 2], (50, 3))
    camera = CameraModel(PINHOLE, model, LENSES[model])
    np.testing.assert_allclose(camera.project(points), opencv_pixels(points, model), atol=1e-6)


@pytest.mark.parametrize('values', [PRISM, TILT])
def test_prism_and_tilt_are_opencvs(values):
    points = np.random.default_rng(1).uniform([-0.4, -0.3, 0.8], [0.4, 0.3, 2], (50, 3))
    pixels = CameraModel(PINHOLE, 'rational_polynomial', values).project(points)
    expected = opencv_pixels(points, 'rational_polynomial', values)
    np.testing.assert_allclose(pixels, expected, atol=1e-6)


@pytest.mark.parametrize('model', LENSES)
def test_a_lifted_pixel_projects_back_onto_itself(model):
    depth = np.full((60, 80), 1.5, np.float32)
    points = back_project(depth, CameraModel(PINHOLE, model, LENSES[model]))
    pixels = opencv_pixels(points.reshape(-1, 3).astype(np.float64), model).reshape(60, 80, 2)
    rows, columns = np.mgrid[:60, :80]
    np.testing.assert_allclose(pixels, np.stack([columns, rows], -1), atol=1e-3)


def test_pinhole_is_the_one_of_core():
    depth = np.linspace(0.5, 3, 4800, dtype=np.float32).reshape(60, 80)
    points = back_project(depth, CameraModel(PINHOLE))
    np.testing.assert_allclose(points, PINHOLE.back_project(depth), rtol=1e-5, atol=1e-6)


def test_pixels_beyond_the_range_of_the_lens_have_no_ray():
    camera = CameraModel(PINHOLE, 'plumb_bob', (-0.9, 0.0, 0.0, 0.0))
    rays = pixel_rays(camera)
    assert np.isnan(rays[0, 0]).all()
    assert np.isfinite(rays[29, 40]).all()
    points = back_project(np.ones((60, 80), np.float32), camera)
    assert np.isnan(points[0, 0]).all(), 'depth alone is no point'


def test_what_is_no_distance_is_no_point():
    depth = np.ones((60, 80), np.float32)
    depth[0, :4] = 0, -1, np.inf, np.nan
    points = back_project(depth, CameraModel(PINHOLE))
    assert np.isnan(points[0, :4]).all()
    assert np.isfinite(points[0, 4:]).all()


def test_what_is_behind_the_camera_is_not_seen():
    pixels = CameraModel(PINHOLE).project(np.array([[0.1, 0, 1.0], [0.1, 0, -1.0], [1, 1, 0]]))
    assert np.isfinite(pixels[0]).all()
    assert np.isnan(pixels[1:]).all()


def test_a_smaller_picture_shows_the_same_directions():
    camera = CameraModel(PINHOLE, 'plumb_bob', LENSES['plumb_bob'])
    points = np.array([[-0.4, -0.1, 1.0], [0.3, 0.2, 1.0]])
    # Where the centres of pixels come to lie when cv2.resize halves a picture.
    expected = (camera.project(points) + 0.5) / 2 - 0.5
    np.testing.assert_allclose(camera.resized(30, 40).project(points), expected)
    assert camera.resized(30, 40).size == (30, 40)
    cropped = camera.cropped(10, 20, 30, 40)
    np.testing.assert_allclose(cropped.project(points), camera.project(points) - [10, 20])


def test_rays_are_worked_out_once_and_cannot_be_changed():
    pixel_rays.cache_clear()
    camera = CameraModel(PINHOLE)
    rays = pixel_rays(camera)
    assert pixel_rays(CameraModel(PINHOLE)) is rays
    with pytest.raises(ValueError, match='read-only'):
        rays[0, 0] = 1
    for width in range(20, 40):
        pixel_rays(camera.resized(10, width))
    assert pixel_rays.cache_info().currsize == CACHED_CAMERAS


def test_depth_of_another_camera_is_refused():
    with pytest.raises(SceneError, match='40x30, its camera 80x60'):
        back_project(np.ones((30, 40), np.float32), CameraModel(PINHOLE))
