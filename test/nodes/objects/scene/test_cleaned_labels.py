"""A mask that leaks onto a far wall: no object moves by it, and the wall stays in the way."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from cloud_messages import table_of, xyz_of  # noqa: E402
from grasp_table import CAMERA  # noqa: E402
import numpy as np  # noqa: E402
from sensor_msgs.msg import Image, PointCloud2  # noqa: E402
from table_view import BOX, MUG, View  # noqa: E402

from efficientsam3_ros.core.messages.instance_codec import read_instances  # noqa: E402
from efficientsam3_ros.nodes.objects.keep_out import KeepOut  # noqa: E402
from efficientsam3_ros.nodes.objects.outputs import clouds  # noqa: E402
from efficientsam3_ros.nodes.objects.scene import scene as scenes  # noqa: E402
from efficientsam3_ros.nodes.objects.scene.placing import Placing  # noqa: E402

WALL_M = 2.5
LEAK = np.s_[2:12, 60:75]  # 150 pixels


@pytest.fixture
def leaking():
    """Return a view whose mask of the mug takes in a part of the wall, and the true labels."""
    view = View(MUG, BOX)
    view.depth[:16] = WALL_M
    true = view.labels.copy()
    view.labels[LEAK] = 1
    return view, true


def scene_of(view, *keep_out):
    message = view.instances(1.0)
    rgb = np.zeros((*CAMERA.size, 3), np.uint8)
    return scenes.Scene(
        view.header(1.0), view.info(1.0), read_instances(message), view.depth, CAMERA, rgb,
        Placing('camera'), KeepOut.parse(keep_out), message,
    )  # fmt: skip


@pytest.mark.dds
def test_outputs_of_one_image_agree_on_what_the_object_is(make_objects, leaking):
    view, true = leaking
    rig = make_objects(voxel_size=0.0, target_phrase='mug')
    kinds = dict.fromkeys(('objects_points', 'target_points', 'background_points'), PointCloud2)
    for topic, kind in {**kinds, 'target_mask': Image}.items():
        rig.listen(kind, topic)
    rig.see(view)
    rig.spin_until(lambda: all(rig.heard[topic] for topic in (*kinds, 'target_mask')), 'all')
    cloud, target, background, mask = (rig.heard[topic][0] for topic in (*kinds, 'target_mask'))
    labels, points = table_of(cloud)['label'], xyz_of(cloud)
    assert not labels[LEAK].any(), 'the wall is background'
    own = points[labels == 1]
    np.testing.assert_array_equal(own, xyz_of(target)[0])
    away = own.mean(axis=0) - points[true == 1].mean(axis=0)
    assert np.linalg.norm(away) < 0.003
    wall = table_of(background)[0]
    wall = wall[wall['z'] == np.float32(WALL_M)]
    assert not MUG.inside(xyz_of(background)[0], margin=0.001).any()
    assert len(wall) >= view.depth[:14].size and not wall['label'].any(), 'it may be hit'
    pixels = np.frombuffer(mask.data, np.uint8).reshape(CAMERA.size)
    assert (pixels[LEAK] == 255).all(), 'pictures show what the tracker said'


def test_an_object_is_cleaned_once_for_all_outputs_of_an_image(leaking, monkeypatch):
    cleaned = []
    clean = scenes.object_mask
    monkeypatch.setattr(
        scenes, 'object_mask', lambda cloud, label: cleaned.append(label) or clean(cloud, label)
    )
    scene = scene_of(leaking[0])
    for label in (1, 2):
        clouds.object_cloud(scene, label, 0.003)
        clouds.background_cloud(scene, label, 0.003)
        assert scene.box(label) is not None
    clouds.organised_cloud(scene)
    clouds.organised_cloud(scene)
    assert sorted(cleaned) == [1, 2]


def test_one_object_alone_is_cleaned_for_its_own_points(leaking, monkeypatch):
    scene = scene_of(leaking[0])
    clouds.object_cloud(scene, 2, 0.003)
    monkeypatch.setattr(scenes, 'object_mask', None)
    clouds.object_cloud(scene, 2, 0.003)


def test_a_pixel_without_a_point_keeps_its_label_and_kept_out_objects_none(leaking):
    view, true = leaking
    rows, columns = np.argwhere(true == 1)[100]
    view.depth[rows, columns] = np.nan
    scene = scene_of(view)
    assert scene.cleaned.labels[rows, columns] == 1
    assert scene.cloud.labels[LEAK].all() and not scene.cleaned.labels[LEAK].any()
    np.testing.assert_array_equal(scene.cleaned.points, scene.cloud.points)
    assert not scene_of(view, '-9 -9 -9 9 9 9').cleaned.labels.any()
