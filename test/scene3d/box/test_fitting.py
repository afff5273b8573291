from __future__ import annotations

from depth_scene import CAMERA, DepthScene, looking_down
import numpy as np
import pytest

from efficientsam3_ros.scene3d.box import OrientedBox, axis_aligned_box, box_iou, fit_box
from efficientsam3_ros.scene3d.cloud import make_cloud, object_mask
from efficientsam3_ros.scene3d.errors import SceneError
from efficientsam3_ros.scene3d.plane import Plane, find_support

UP = looking_down(40)
SPOT = np.array([0.02, 0.0, 0.8])
TABLE = Plane(UP, float(-UP @ SPOT))


def axes(yaw_deg):
    """Return an upright rotation."""
    right = np.array([1.0, 0, 0])
    away = np.cross(UP, right)
    yaw = np.radians(yaw_deg)
    x = np.cos(yaw) * right + np.sin(yaw) * away
    return np.stack([x, np.cross(UP, x), UP], axis=1)


def standing(yaw_deg, size):
    size = np.array(size)
    return OrientedBox(SPOT + size[2] / 2 * UP, axes(yaw_deg), size)


def seen(box, noise=0.0, label=1):
    """Return the cloud of a box on the table."""
    scene = DepthScene()
    scene.add_plane(UP, SPOT)
    scene.add_box(label, box.center, box.rotation, box.size)
    depth = scene.depth + np.random.default_rng(0).normal(0, noise, scene.depth.shape)
    return make_cloud(depth, CAMERA, np.zeros((120, 160, 3), np.uint8), scene.labels)


def points_of(cloud, label=1):
    return cloud.points[object_mask(cloud, label)]


def check_sane(box):
    np.testing.assert_allclose(box.rotation @ box.rotation.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(box.rotation) == pytest.approx(1)
    assert (box.size >= 0.01 - 1e-9).all()


@pytest.mark.parametrize('yaw', [0, 20, 45, 80, 130])
@pytest.mark.parametrize('size', [(0.25, 0.12, 0.2), (0.2, 0.15, 0.06)])
def test_a_box_on_a_table(yaw, size):
    truth = standing(yaw, size)
    cloud = seen(truth, noise=0.0015)
    box = fit_box(points_of(cloud), support=find_support(cloud, 1).plane)
    check_sane(box)
    assert box_iou(box, truth) > 0.85
    assert box.rotation[:, 2] @ UP > 0.999
    assert box.size[0] >= box.size[1]
    assert box.rotation[0, 0] >= 0


def test_bottom_reaches_the_table_though_the_foot_is_hidden():
    truth = standing(25, (0.2, 0.12, 0.22))
    points = points_of(seen(truth))
    box = fit_box(points[TABLE.heights(points) > 0.1], support=TABLE)
    assert box_iou(box, truth) > 0.85
    assert TABLE.heights(box.corners()).min() == pytest.approx(0, abs=1e-6)


def test_table_around_the_foot_is_no_part_of_it():
    truth = standing(30, (0.2, 0.12, 0.15))
    cloud = seen(truth, noise=0.001)
    points = cloud.points.reshape(-1, 3)
    around = points[np.linalg.norm(points - SPOT, axis=1) < 0.16]
    assert box_iou(fit_box(around, support=TABLE), truth) > 0.85


def test_up_alone_stands_it_upright():
    truth = standing(25, (0.2, 0.12, 0.22))
    box = fit_box(points_of(seen(truth)), up=5 * UP)
    assert box.rotation[:, 2] @ UP > 0.999
    assert box_iou(box, truth) > 0.85


@pytest.mark.parametrize('share', [0.02, 0.05])
def test_background_among_the_points_does_not_blow_it_up(share):
    truth = standing(30, (0.2, 0.12, 0.15))
    points = points_of(seen(truth))
    rng = np.random.default_rng(1)
    wall = rng.uniform(-0.4, 0.4, (int(share * len(points)), 3)) * [1, 1, 0.02]
    wall += [0, -0.35, 1.0]
    assert TABLE.heights(wall).min() > -0.3, 'no plane separates it'
    assert box_iou(fit_box(np.concatenate([points, wall]), support=TABLE), truth) > 0.85


@pytest.mark.parametrize('yaw', [20, 45, 65])
def test_two_sides_without_the_top_give_the_right_angle(yaw):
    rng = np.random.default_rng(0)
    u, v = rng.uniform(-0.5, 0.5, (2, 2000))
    own = np.concatenate(
        [
            np.stack([0.2 * u, np.full(2000, -0.06), 0.2 * v], axis=1),
            np.stack([np.full(2000, -0.1), 0.12 * u, 0.2 * v], axis=1),
        ]
    )
    truth = standing(yaw, (0.2, 0.12, 0.2))
    points = truth.center + own @ truth.rotation.T + rng.normal(0, 0.001, own.shape)
    assert box_iou(fit_box(points, support=TABLE), truth) > 0.9


def test_a_cylinder_is_as_wide_as_it_is():
    scene = DepthScene()
    scene.add_plane(UP, SPOT)
    scene.add_cylinder(1, SPOT, UP, 0.05, 0.12)
    cloud = make_cloud(scene.depth, CAMERA, np.zeros((120, 160, 3), np.uint8), scene.labels)
    box = fit_box(points_of(cloud), support=TABLE)
    np.testing.assert_allclose(box.size, [0.1, 0.1, 0.12], atol=0.012)
    np.testing.assert_allclose(box.center, SPOT + 0.06 * UP, atol=0.012)
    assert abs(box.rotation[0, :2]).max() > 0.99, "what is round keeps the camera's direction"


def test_free_box_finds_a_tilted_one():
    turn, _ = np.linalg.qr(np.array([[1, 0.4, -0.3], [0.2, 1, 0.5], [0.6, -0.4, 1]]))
    turn *= np.sign(np.linalg.det(turn))
    truth = OrientedBox(np.array([0, 0, 0.7]), turn, np.array([0.1, 0.25, 0.16]))
    cloud = seen(truth)
    box = fit_box(points_of(cloud))
    check_sane(box)
    assert box_iou(box, truth) > 0.8
    assert (np.diff(box.size) <= 0).all()
    assert box.rotation[:, 2] @ box.center < 0


def test_a_face_seen_from_the_front_gets_thickness_behind_it():
    rows, columns = np.mgrid[-30:31, -40:41] / 400.0
    points = np.stack([columns, rows, np.full(rows.shape, 0.8)], axis=-1).reshape(-1, 3)
    for box in (fit_box(points), axis_aligned_box(points), fit_box(points, up=(0, -1, 0))):
        check_sane(box)
        assert box.corners()[:, 2].min() == pytest.approx(0.8, abs=1e-6)
        assert box.corners()[:, 2].max() == pytest.approx(0.81, abs=1e-6)


def test_flat_things_keep_their_points_on_the_table():
    truth = standing(10, (0.15, 0.05, 0.004))
    box = fit_box(points_of(seen(truth)), support=TABLE)
    np.testing.assert_allclose(box.size, [0.15, 0.05, 0.01], atol=0.008)


def test_axis_aligned_box_ignores_strays():
    rng = np.random.default_rng(0)
    body = rng.uniform(-0.5, 0.5, (4000, 3)) * [0.1, 0.2, 0.3] + [0, 0, 1]
    box = axis_aligned_box(np.concatenate([body, [[0, 0, 9.0]], [[np.nan] * 3]]))
    np.testing.assert_allclose(box.size, [0.1, 0.2, 0.3], rtol=0.03)
    np.testing.assert_allclose(box.rotation, np.eye(3))


def test_same_points_give_the_same_box():
    points = points_of(seen(standing(33, (0.2, 0.12, 0.15)), 0.001))
    one, other = fit_box(points), fit_box(points)
    assert np.array_equal(one.corners(), other.corners())


@pytest.mark.parametrize('fit', [fit_box, axis_aligned_box])
def test_no_points_no_box(fit):
    with pytest.raises(SceneError, match='got 2; the object has no depth'):
        fit(np.array([[0, 0, 1.0], [0, 0, np.nan], [1, 0, 1]]))
