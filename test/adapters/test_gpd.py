"""GPD: shapes, units and frames as its README, its settings and its messages have them."""

from __future__ import annotations

from types import SimpleNamespace

from adapter_view import BOX, BOXES, MUG, adapter_view
from grasp_table import SPOT, UP
import numpy as np
import pytest

from efficientsam3_ros.adapters import AdapterError, gpd_input
from efficientsam3_ros.adapters.gpd import fill_cloud_sources, fill_points

ON_TABLE = np.eye(4)
"""The camera in a frame whose origin lies on the table, z up."""
ON_TABLE[:3, :3] = np.stack([[1.0, 0, 0], np.cross(UP, [1.0, 0, 0]), UP])
ON_TABLE[:3, 3] = -ON_TABLE[:3, :3] @ SPOT


def test_the_cloud_of_one_camera():
    cloud = adapter_view()
    one = gpd_input(cloud, MUG)
    assert (one.points.dtype, one.points.shape) == (np.float32, (int(cloud.measured.sum()), 3))
    assert np.isfinite(one.points).all()
    assert (one.view_points.dtype, one.view_points.shape) == (np.float64, (1, 3))
    assert (one.view_points == 0).all(), 'the camera is the origin of its own frame'
    assert one.camera_source.dtype == one.indices.dtype == np.int64
    assert one.camera_source.shape == (len(one.points),)
    assert (one.camera_source == 0).all()
    assert (one.labels[one.indices] == MUG).all()
    assert BOXES[MUG].inside(one.samples, 0.002).all(), 'samples lie on the object, in metres'


def test_another_frame():
    one = gpd_input(adapter_view(), BOX, camera_pose=ON_TABLE)
    table = one.points[one.labels == 0]
    np.testing.assert_allclose(table[:, 2], 0, atol=1e-5)
    top = one.samples[:, 2].max()
    assert top == pytest.approx(BOXES[BOX].size[2], abs=0.001)
    np.testing.assert_allclose(one.view_points[0], ON_TABLE[:3, 3])
    assert one.view_points[0, 2] > 0.3, 'the camera is above the table'


def test_settings_name_camera_and_workspace():
    one = gpd_input(adapter_view(), MUG, camera_pose=ON_TABLE)
    settings = one.settings()
    assert set(settings) == {'camera_position', 'workspace', 'workspace_grasps'}
    place = [float(value) for value in settings['camera_position'].split()]
    np.testing.assert_allclose(place, one.view_points[0], atol=1e-4)
    room = np.array([float(value) for value in settings['workspace'].split()])
    assert room.shape == (6,)
    assert (room[::2] < one.samples.min(axis=0)).all()
    assert (room[1::2] > one.samples.max(axis=0)).all()


def test_a_file_for_detect_grasps(tmp_path):
    one = gpd_input(adapter_view(), MUG)
    one.save(tmp_path / 'cloud.ply')
    header, body = (tmp_path / 'cloud.ply').read_bytes().split(b'end_header\n')
    assert f'element vertex {len(one.points)}'.encode() in header
    xyz = np.frombuffer(body, np.uint8).reshape(len(one.points), -1)[:, :12].copy()
    np.testing.assert_array_equal(xyz.view('<f4'), one.points)
    with pytest.raises(AdapterError, match='exists already'):
        one.save(tmp_path / 'cloud.ply')
    with pytest.raises(AdapterError, match=r'must end in \.ply'):
        one.save(tmp_path / 'cloud.PLY')


def test_messages():
    std = SimpleNamespace(Int64=SimpleNamespace)
    geometry = SimpleNamespace(Point=SimpleNamespace)
    one = gpd_input(adapter_view(), MUG)
    packed = one.packed()
    sources = fill_cloud_sources(SimpleNamespace(), one, packed, std, geometry)
    assert (sources.cloud.height, sources.cloud.width) == (1, len(one.points))
    assert sources.cloud.is_dense
    assert len(sources.camera_source) == len(one.points)
    assert {value.data for value in sources.camera_source} == {0}
    assert sources.view_points == [SimpleNamespace(x=0.0, y=0.0, z=0.0)]
    samples = fill_points(one.samples, geometry)
    assert len(samples) == len(one.indices)
    assert (samples[0].x, samples[0].z) == tuple(one.samples[0][[0, 2]])


def test_an_object_out_of_view_is_refused():
    with pytest.raises(AdapterError, match='No pixel has the label 9'):
        gpd_input(adapter_view(), 9)
