"""Contact-GraspNet: shapes, units and frames as its README and its loader have them."""

from __future__ import annotations

from adapter_view import BOX, HOLE, MUG, adapter_view, wide_lens
import cv2
import numpy as np
import pytest

from efficientsam3_ros.adapters import AdapterError, contact_graspnet_input


def test_arrays_of_the_file(tmp_path):
    cloud = adapter_view()
    contact_graspnet_input(cloud).save(tmp_path / 'scene.npz')
    with np.load(tmp_path / 'scene.npz', allow_pickle=False) as file:
        assert set(file.files) == {'depth', 'K', 'segmap', 'rgb'}
        depth, matrix, segmap, rgb = (file[key] for key in ('depth', 'K', 'segmap', 'rgb'))
    height, width = cloud.size
    assert (depth.dtype, depth.shape) == (np.float32, (height, width))
    assert (matrix.dtype, matrix.shape) == (np.float64, (3, 3))
    assert (segmap.dtype, segmap.shape) == (np.int32, (height, width))
    assert (rgb.dtype, rgb.shape) == (np.uint8, (height, width, 3))
    assert (depth[HOLE] == 0).all(), 'its points are where depth > 0'
    assert set(np.unique(segmap)) == {0, MUG, BOX}


def test_metres_and_the_optical_frame():
    cloud = adapter_view()
    one = contact_graspnet_input(cloud)
    rows, columns = np.nonzero(one.depth)
    pixels = np.stack([columns, rows, np.ones(len(rows))], axis=1)
    points = pixels @ np.linalg.inv(one.camera_matrix).T * one.depth[rows, columns, None]
    np.testing.assert_allclose(points, cloud.points[rows, columns], atol=1e-6)


def test_the_loader_gets_red_as_red():
    cloud = adapter_view()
    loaded = cv2.cvtColor(contact_graspnet_input(cloud).arrays()['rgb'], cv2.COLOR_BGR2RGB)
    np.testing.assert_array_equal(loaded, cloud.rgb)


@pytest.mark.parametrize(('scale', 'wider'), [(1.0, ()), (4.0, ('far',)), (0.3, ('near',))])
def test_no_object_falls_out_of_the_range(scale, wider):
    cloud = adapter_view()
    cloud.points[:] *= scale
    low, high = contact_graspnet_input(cloud).z_range
    depth = cloud.depth[cloud.labels > 0]
    assert low <= depth.min()
    assert high >= np.quantile(depth, 0.98)
    assert (low < 0.2) == ('near' in wider), "else the tool's own"
    assert (high > 1.8) == ('far' in wider)
    assert high < max(1.8, depth.max()) + 0.1


def test_no_object_with_depth_is_refused():
    cloud = adapter_view()
    cloud.labels[:] = 0
    with pytest.raises(AdapterError, match=r'No object has depth.*align depth'):
        contact_graspnet_input(cloud)


def test_a_distorted_lens_is_refused():
    with pytest.raises(AdapterError, match=r'Contact-GraspNet takes K alone.*rectify'):
        contact_graspnet_input(adapter_view(wide_lens()))


def test_files_are_never_overwritten(tmp_path):
    one = contact_graspnet_input(adapter_view())
    (tmp_path / 'scene.npz').write_text('mine')
    with pytest.raises(AdapterError, match='exists already'):
        one.save(tmp_path / 'scene.npz')
    with pytest.raises(AdapterError, match=r'must end in \.npz'):
        one.save(tmp_path / 'scene.npy')
    assert [path.name for path in tmp_path.iterdir()] == ['scene.npz']
    assert (tmp_path / 'scene.npz').read_text() == 'mine'
