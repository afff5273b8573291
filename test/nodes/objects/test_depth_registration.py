"""Depth of a camera of its own: smaller, beside the color camera, and turned against it."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from cloud_messages import table_of  # noqa: E402
from depth_scene import DepthScene  # noqa: E402
from grasp_table import CAMERA as COLOR_CAMERA  # noqa: E402
from grasp_table import SPOT, UP  # noqa: E402
import numpy as np  # noqa: E402
from sensor_msgs.msg import CameraInfo, Image, PointCloud2  # noqa: E402
from table_view import FRAME, MUG, View  # noqa: E402

from efficientsam3_ros.core.intrinsics import Intrinsics  # noqa: E402
from efficientsam3_ros.core.messages.image_codec import fill_image  # noqa: E402
from efficientsam3_ros.scene3d.camera import CameraModel, back_project  # noqa: E402

pytestmark = pytest.mark.dds

DEPTH_FRAME = 'camera_depth_optical_frame'
CAMERA = CameraModel(Intrinsics(200, 150, 150.0, 150.0, 99.5, 74.5))


def moved():
    """Return what takes points of the depth camera to the color camera."""
    across, down = np.radians([4.0, 2.0])
    yaw = [[np.cos(across), 0, np.sin(across)], [0, 1, 0], [-np.sin(across), 0, np.cos(across)]]
    pitch = [[1, 0, 0], [0, np.cos(down), -np.sin(down)], [0, np.sin(down), np.cos(down)]]
    matrix = np.eye(4)
    matrix[:3, :3] = np.array(yaw) @ pitch
    matrix[:3, 3] = 0.03, -0.01, 0.005
    return matrix


def depth_image(view, stamp):
    back = np.linalg.inv(moved())
    turn, move = back[:3, :3], back[:3, 3]
    scene = DepthScene(CAMERA)
    scene.add_plane(turn @ UP, turn @ SPOT + move)
    scene.add_box(1, turn @ MUG.center + move, turn @ MUG.rotation, MUG.size)
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


def assert_depth_is_seen(rig, view):
    points = rig.node.session.latest.cloud.points
    np.testing.assert_array_equal(points[..., 2], view.depth)


def test_it_is_moved_onto_the_color_image(make_objects):
    rig, view = make_objects(register_depth=True), View(MUG)
    rig.buffer.known[FRAME, DEPTH_FRAME] = moved()
    rig.listen(PointCloud2, 'objects_points')
    rig.publish('depth_camera_info', depth_info(view, 1.0))
    rig.spin_until(lambda: rig.node.session.registration.infos.received, 'camera_info of depth')
    rig.show(view, 1.0, depth=depth_image(view, 1.0))
    rig.spin_until(lambda: rig.heard['objects_points'], 'the cloud')
    table = table_of(rig.heard['objects_points'][0])
    points = np.stack([table[axis] for axis in 'xyz'], axis=-1)
    true = back_project(view.depth, COLOR_CAMERA).reshape(points.shape)
    assert rig.buffer.asked == [(FRAME, DEPTH_FRAME, 1_000_000_000)]
    for label in (0, 1):
        here = (view.labels == label) & np.isfinite(view.depth)
        seen = here & np.isfinite(points[..., 2])
        assert seen.sum() > 0.9 * here.sum()
        off = np.linalg.norm(points - true, axis=-1)[seen]
        # What lies beside an outline may be taken from its other side.
        assert np.median(off) < 0.002 and np.percentile(off, 95) < 0.005


def test_camera_info_and_transform_are_those_of_the_stamp_of_depth(make_objects):
    topic = '/left/depth/camera_info'
    rig = make_objects(register_depth=True, slop=0.05, depth_camera_info_topic=topic)
    view = View(MUG)
    rig.buffer.known[FRAME, DEPTH_FRAME] = moved()
    zoomed = depth_info(view, 1.0)
    zoomed.k = (np.array(zoomed.k) * [3, 1, 1, 1, 3, 1, 1, 1, 1]).tolist()
    for info in (depth_info(view, 1.02), zoomed):
        rig.publish(topic, info)
    rig.spin_until(lambda: rig.node.session.registration.infos.received == 2, 'both')
    rig.see(view, 1.0, depth=depth_image(view, 1.02))
    assert rig.buffer.asked == [(FRAME, DEPTH_FRAME, 1_020_000_000)]
    off = np.abs(rig.node.session.latest.cloud.points[..., 2] - view.depth)[view.labels == 1]
    assert np.nanmedian(off) < 0.002


def test_aligned_depth_stays_as_it_is(make_objects):
    rig, view = make_objects(register_depth=True), View(MUG)
    rig.listen(PointCloud2, 'objects_points')
    rig.publish('depth_camera_info', view.info(1.0))
    rig.spin_until(lambda: rig.node.session.registration.infos.received, 'camera_info of depth')
    rig.show(view, 1.0)
    rig.spin_until(lambda: rig.heard['objects_points'], 'the cloud')
    np.testing.assert_array_equal(table_of(rig.heard['objects_points'][0])['z'], view.depth)
    assert rig.buffer.asked == []


def test_aligned_depth_needs_no_camera_info_of_depth(make_objects):
    rig, view = make_objects(register_depth=True), View(MUG)
    rig.see(view, 1.0)
    assert_depth_is_seen(rig, view)
    assert rig.buffer.asked == [] and counts(rig) == {}


def test_a_camera_info_of_another_frame_says_nothing_of_aligned_depth(make_objects):
    rig, view = make_objects(register_depth=True), View(MUG)
    other = depth_info(view, 1.0)
    other.header.frame_id = DEPTH_FRAME
    rig.publish('depth_camera_info', other)
    rig.spin_until(lambda: rig.node.session.registration.infos.received, 'camera_info of depth')
    rig.see(view, 1.0)
    assert_depth_is_seen(rig, view)
    assert rig.buffer.asked == [] and counts(rig) == {}


def test_rectified_depth_is_moved_by_p_and_without_distortion(make_objects):
    rig, view = make_objects(register_depth=True, rectified=True), View(MUG)
    rig.buffer.known[FRAME, DEPTH_FRAME] = moved()
    color, depth = view.info(1.0), depth_info(view, 1.0)
    for info in (color, depth):
        info.p = np.hstack([np.reshape(info.k, (3, 3)), np.zeros((3, 1))]).ravel().tolist()
    # Of the lens before rectification.
    depth.k = (np.array(depth.k) * [1.3, 1, 1.1, 1, 1.3, 1, 1, 1, 1]).tolist()
    depth.d = [-0.3, 0.1, 0.0, 0.0, 0.0]
    rig.publish('depth_camera_info', depth)
    rig.spin_until(lambda: rig.node.session.registration.infos.received, 'camera_info of depth')
    rig.see(view, 1.0, depth=depth_image(view, 1.0), camera_info=color)
    off = np.abs(rig.node.session.latest.cloud.points[..., 2] - view.depth)[view.labels == 1]
    assert np.isfinite(off).mean() > 0.9 and np.nanmedian(off) < 0.002


def test_what_is_missing_is_named_and_counted(make_objects):
    rig, view = make_objects(register_depth=True), View(MUG)
    rig.see(view, 1.0, depth=depth_image(view, 1.0))
    assert counts(rig) == {'no camera_info': 1}
    text = rig.node.session.tally.last_fault
    assert '-r depth_camera_info:=' in text and 'align_depth.enable:=true' in text
    rig.publish('depth_camera_info', depth_info(view, 2.0))
    rig.spin_until(lambda: rig.node.session.registration.infos.received, 'camera_info of depth')
    rig.see(view, 2.0, depth=depth_image(view, 2.0))
    assert counts(rig) == {'no camera_info': 1, 'no transform': 1}
    text = rig.node.session.tally.last_fault
    assert FRAME in text and DEPTH_FRAME in text and 'register_depth' in text
    assert 'align_depth.enable:=true' in text


def test_a_camera_info_of_another_depth_camera_is_told(make_objects):
    rig, view = make_objects(register_depth=True), View(MUG)
    other = depth_info(view, 1.0)
    other.width = 150
    rig.publish('depth_camera_info', other)
    rig.spin_until(lambda: rig.node.session.registration.infos.received, 'camera_info of depth')
    rig.see(view, 1.0, depth=depth_image(view, 1.0))
    assert counts(rig) == {'camera_info unusable': 1}
    assert 'depth_camera_info is of 150x150' in rig.node.session.tally.last_fault
