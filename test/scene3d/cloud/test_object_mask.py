from __future__ import annotations

from depth_scene import CAMERA, DepthScene
import numpy as np
import pytest

from efficientsam3_ros.scene3d.cloud import background_mask, make_cloud, object_mask
from efficientsam3_ros.scene3d.cloud.depth_edges import grow

CENTER, SIZE = np.array([0.0, 0.0, 0.8]), np.array([0.3, 0.3, 0.1])


@pytest.fixture
def scene():
    """A box in front of a wall, with points between the two along its outline."""
    scene = DepthScene()
    scene.add_plane(np.array([0.0, 0, -1]), np.array([0.0, 0, 1.5]))
    scene.add_box(1, CENTER, np.eye(3), SIZE)
    return scene


def cloud_of(scene, labels=None):
    labels = scene.labels if labels is None else labels
    return make_cloud(scene.depth, CAMERA, np.zeros((120, 160, 3), np.uint8), labels)


def test_flying_pixels_and_wall_are_left_out(scene):
    box = scene.labels == 1
    # The mask is 2 pixels too large, and the sensor joins the edge to the wall.
    outline = box & grow(~box, 1)
    scene.depth[outline] += 0.3
    mask = object_mask(cloud_of(scene, grow(box, 2).astype(np.uint32)), 1)
    assert not (mask & ~box).any(), 'the wall is no part of the box'
    assert (scene.depth[mask] < 0.76).all(), 'nor is what hangs in the air'
    assert mask.sum() > 0.98 * (box & ~outline).sum(), 'the rest of the box stays whole'


def test_a_patch_of_wall_far_inside_the_mask_is_left_out(scene):
    box = scene.labels == 1
    labels = box.astype(np.uint32)
    labels[2:12, 2:12] = 1  # 100 pixels beside it, 3 % of the mask
    mask = object_mask(cloud_of(scene, labels), 1)
    assert not mask[:14, :14].any()
    assert mask.sum() == box.sum()


def test_a_strip_of_what_is_close_behind_is_left_out():
    scene = DepthScene()
    scene.add_plane(np.array([0.0, 0, -1]), np.array([0.0, 0, 0.87]))
    scene.add_box(1, CENTER, np.eye(3), SIZE)
    box = scene.labels == 1
    mask = object_mask(cloud_of(scene, grow(box, 3).astype(np.uint32)), 1)
    assert not (mask & ~box).any()
    assert mask.sum() > 0.99 * box.sum()


def test_a_thing_cut_in_two_by_another_stays_whole(scene):
    scene.depth[:, 70:90] = np.where(scene.labels[:, 70:90] == 1, 0.6, scene.depth[:, 70:90])
    labels = scene.labels.copy()
    labels[:, 70:90] *= 2
    mask = object_mask(cloud_of(scene, labels), 1)
    assert mask[:, :70].any()
    assert mask[:, 90:].any()


def test_a_thing_of_two_pixels_keeps_its_points():
    scene = DepthScene()
    scene.add_plane(np.array([0.0, 0, -1]), np.array([0.0, 0, 1.5]))
    scene.depth[60:62, 40:120], scene.labels[60:62, 40:120] = 0.8, 3
    assert object_mask(cloud_of(scene), 3).sum() == 160


def test_holes_and_other_labels_have_no_points(scene):
    scene.depth[55:65, 70:80] = np.nan
    mask = object_mask(cloud_of(scene), 1)
    assert not mask[55:65, 70:80].any()
    assert mask[54, 75], 'the border of a hole is no jump'
    assert object_mask(cloud_of(scene), 9).sum() == 0


def test_background_keeps_off_the_object(scene):
    labels = scene.labels.copy()
    labels[:, 78] = 0  # a gap in the mask is no background
    background = background_mask(cloud_of(scene, labels), 1)
    assert not (background & (scene.labels == 1)).any()
    assert background.sum() > 0.8 * (scene.labels == 0).sum()
    labels[5:20, 5:20] = 2
    assert background_mask(cloud_of(scene, labels), 1)[10, 10], 'others are in the way, too'


def test_a_thing_at_the_border_of_the_image_and_one_that_is_not_there(scene):
    scene.labels[:] = 0
    scene.labels[-20:, -30:] = 7
    cloud = cloud_of(scene)
    assert np.array_equal(object_mask(cloud, 7), scene.labels == 7)
    assert not object_mask(cloud, 8).any()
