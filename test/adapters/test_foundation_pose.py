"""FoundationPose: shapes, units and frames as ``register`` and its reader have them."""

from __future__ import annotations

from adapter_view import HOLE, MUG, adapter_view, wide_lens
import cv2
import numpy as np
import pytest

from efficientsam3_ros.adapters import AdapterError, foundation_pose_input


def test_arguments_of_register():
    cloud = adapter_view()
    given = foundation_pose_input(cloud, MUG).arguments()
    assert set(given) == {'K', 'rgb', 'depth', 'ob_mask'}
    assert (given['K'].dtype, given['K'].shape) == (np.float64, (3, 3))
    assert (given['rgb'].dtype, given['rgb'].shape) == (np.uint8, (*cloud.size, 3))
    assert (given['depth'].dtype, given['depth'].shape) == (np.float32, cloud.size)
    assert (given['ob_mask'].dtype, given['ob_mask'].shape) == (bool, cloud.size)
    np.testing.assert_array_equal(given['rgb'], cloud.rgb)
    np.testing.assert_array_equal(given['ob_mask'], cloud.labels == MUG)
    assert (given['depth'][HOLE] == 0).all(), 'no measurement is 0, not NaN'
    seen = cloud.measured
    np.testing.assert_array_equal(given['depth'][seen], cloud.depth[seen])


def test_depth_that_is_too_near_is_no_measurement():
    cloud = adapter_view()
    cloud.points[100:110] *= 0.1
    depth = foundation_pose_input(cloud, MUG).depth
    assert (depth[100:110] == 0).all()
    assert depth[depth > 0].min() >= 0.1


def test_a_scene_as_its_reader_reads_it(tmp_path):
    cloud = adapter_view()
    one = foundation_pose_input(cloud, MUG)
    one.save_scene(tmp_path / 'scene', '0000012')
    names = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob('*') if p.is_file())
    wanted = ['cam_K.txt', 'depth/0000012.png', 'masks/0000012.png', 'rgb/0000012.png']
    assert names == [f'scene/{name}' for name in wanted]
    folder = tmp_path / 'scene'
    matrix = np.loadtxt(folder / 'cam_K.txt').reshape(3, 3)
    np.testing.assert_allclose(matrix, one.camera_matrix)
    color, depth, mask = (
        cv2.imread(str(folder / kind / '0000012.png'), -1) for kind in ('rgb', 'depth', 'masks')
    )
    np.testing.assert_array_equal(color[..., ::-1], cloud.rgb)
    assert depth.dtype == np.uint16
    np.testing.assert_allclose(depth / 1e3, one.depth, atol=0.0006)
    np.testing.assert_array_equal(mask > 0, one.ob_mask)


def test_a_folder_is_never_overwritten(tmp_path):
    with pytest.raises(AdapterError, match='exists already; give a new name'):
        foundation_pose_input(adapter_view(), MUG).save_scene(tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_object_that_would_only_be_guessed_is_refused():
    cloud = adapter_view()
    own = np.argwhere(cloud.labels == MUG)
    cloud.points[tuple(own[3:].T)] *= 0.1
    with pytest.raises(AdapterError, match=r'3 pixels .* have depth of 0\.1 m or more, 4 are'):
        foundation_pose_input(cloud, MUG)


def test_a_distorted_lens_is_refused():
    with pytest.raises(AdapterError, match=r'FoundationPose takes K alone.*rectify'):
        foundation_pose_input(adapter_view(wide_lens()), MUG)
