"""Depth of a camera of its own, smaller and beside the color camera."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from cloud_messages import table_of  # noqa: E402
from depth_scene import DepthScene  # noqa: E402
from grasp_table import SPOT, UP  # noqa: E402
import numpy as np  # noqa: E402
from sensor_msgs.msg import CameraInfo, Image, PointCloud2  # noqa: E402
from table_view import FRAME, MUG, View  # noqa: E402

from efficientsam3_ros.core.intrinsics import Intrinsics  # noqa: E402
from efficientsam3_ros.core.messages.image_codec import fill_image  # noqa: E402
from efficientsam3_ros.scene3d.camera import CameraModel  # noqa: E402

pytestmark = pytest.mark.dds

DEPTH_FRAME = 'camera_depth_optical_frame'
BESIDE = np.array([0.03, 0.0, 0.0])
CAMERA = CameraModel(Intrinsics(200, 150, 180.0, 180.0, 99.5, 74.5))


def moved():
    matrix = np.eye(4)
    matrix[:3, 3] = BESIDE
    return matrix


def depth_image(view, stamp):
    scene = DepthScene(CAMERA)
    scene.add_plane(UP, SPOT - BESIDE)
    scene.add_box(1, MUG.center - BESIDE, MUG.rotation, MUG.size)
    message = Image(header=view.header(stamp))
    message.header.frame_id = DEPTH_FRAME
    return fill_image(message, scene.depth.astype(np.float32), '32FC1')


def depth_info(view, stamp):
    info = CameraInfo(header=view.header(stamp), height=150, width=200)
    info.k = CAMERA.intrinsics.matrix().ravel().tolist()
    info.d, info.distortion_model = [0.0] * 5, 'plumb_bob'
    return info


def counts(rig):
    return {cause.value: n for cause, n in rig.node.session.tally.dropped.items() if n}


def test_it_is_moved_onto_the_color_image(make_objects):
    rig, view = make_objects(register_depth=True), View(MUG)
    rig.buffer.known[FRAME, DEPTH_FRAME] = moved()
    rig.listen(PointCloud2, 'objects_points')
    rig.publish('depth_camera_info', depth_info(view, 1.0))
    rig.spin_until(lambda: rig.node.session.registration.infos.received, 'camera_info of depth')
    rig.show(view, 1.0, depth=depth_image(view, 1.0))
    rig.spin_until(lambda: rig.heard['objects_points'], 'the cloud')
    table = table_of(rig.heard['objects_points'][0])
    assert table.shape == view.depth.shape
    on_mug = (view.labels == 1) & np.isfinite(table['z'])
    assert on_mug.sum() > 0.8 * (view.labels == 1).sum()
    assert np.median(np.abs(table['z'] - view.depth)[on_mug]) < 0.002
    assert rig.buffer.asked == [(FRAME, DEPTH_FRAME, 1_000_000_000)]


def test_aligned_depth_stays_as_it_is(make_objects):
    rig, view = make_objects(register_depth=True), View(MUG)
    rig.listen(PointCloud2, 'objects_points')
    rig.publish('depth_camera_info', view.info(1.0))
    rig.spin_until(lambda: rig.node.session.registration.infos.received, 'camera_info of depth')
    rig.show(view, 1.0)
    rig.spin_until(lambda: rig.heard['objects_points'], 'the cloud')
    np.testing.assert_array_equal(table_of(rig.heard['objects_points'][0])['z'], view.depth)
    assert rig.buffer.asked == []


def test_what_is_missing_is_named_and_counted(make_objects):
    rig, view = make_objects(register_depth=True), View(MUG)
    rig.see(view, 1.0, depth=depth_image(view, 1.0))
    assert counts(rig) == {'no camera_info': 1}
    assert '-r depth_camera_info:=' in rig.node.session.tally.last_fault
    rig.publish('depth_camera_info', depth_info(view, 2.0))
    rig.spin_until(lambda: rig.node.session.registration.infos.received, 'camera_info of depth')
    rig.see(view, 2.0, depth=depth_image(view, 2.0))
    assert counts(rig) == {'no camera_info': 1, 'no transform': 1}
    text = rig.node.session.tally.last_fault
    assert FRAME in text and DEPTH_FRAME in text and 'register_depth' in text


def test_a_camera_info_of_another_depth_camera_is_told(make_objects):
    rig, view = make_objects(register_depth=True), View(MUG)
    other = depth_info(view, 1.0)
    other.width = 150
    rig.publish('depth_camera_info', other)
    rig.spin_until(lambda: rig.node.session.registration.infos.received, 'camera_info of depth')
    rig.see(view, 1.0, depth=depth_image(view, 1.0))
    assert counts(rig) == {'camera_info unusable': 1}
    assert 'depth_camera_info is of 150x150' in rig.node.session.tally.last_fault
