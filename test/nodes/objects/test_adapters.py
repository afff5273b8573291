"""The node's topics and answers are what adapters take, by the snippets of docs/grasping.md."""

from __future__ import annotations

from pathlib import Path
import re

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from cloud_messages import are_cleaned  # noqa: E402
import numpy as np  # noqa: E402
from sensor_msgs.msg import CameraInfo, Image, PointCloud2  # noqa: E402
from table_view import BOX, COLORS, FRAME, MUG, View  # noqa: E402

from efficientsam3_ros.adapters import check_nvblox_input, foundation_pose_input  # noqa: E402
from efficientsam3_ros.adapters import moveit as fields  # noqa: E402
from efficientsam3_ros.srv import GetGraspTargets  # noqa: E402

pytestmark = pytest.mark.dds

PAGE = Path(__file__).resolve().parents[3] / 'docs' / 'grasping.md'
WITH_ROS = PAGE.read_text().split('## With ROS')[1].split('## A scene without ROS')[0]
FROM_TOPICS, FROM_ANSWER = re.findall('```python\n(.*?)```', WITH_ROS, re.DOTALL)


def hear(rig, view, **topics):
    """Return a message of each topic, all of one image."""
    for topic, kind in topics.items():
        rig.listen(kind, topic)
    rig.show(view, 1.5)
    for topic in topics:
        rig.spin_until(lambda topic=topic: rig.heard[topic], topic)
    return {topic: rig.heard[topic][-1] for topic in topics}


def test_two_topics_hold_all_that_adapters_need(make_objects):
    view = View(MUG, BOX)
    names = hear(make_objects(), view, objects_points=PointCloud2, camera_info=CameraInfo)
    exec(compile(FROM_TOPICS, PAGE.name, 'exec'), names)
    cloud = names['cloud']
    np.testing.assert_array_equal(cloud.depth, view.depth)
    assert are_cleaned(cloud.labels, view.labels)
    assert (cloud.rgb[view.labels == 1] == COLORS[1]).all()
    given = foundation_pose_input(cloud, 1)
    np.testing.assert_array_equal(given.ob_mask, cloud.labels == 1)


def test_the_mask_is_as_nvblox_wants_it(make_objects):
    view = View(MUG, BOX)
    names = hear(make_objects(), view, target_mask=Image, camera_info=CameraInfo)
    mask, info = names['target_mask'], names['camera_info']
    check_nvblox_input(view.depth_image(1.5), view.info(1.5), mask, info, view.image(1.5))
    check_nvblox_input(view.depth_image(1.5, '16UC1'), view.info(1.5), mask, info)
    assert mask.header == view.header(1.5), 'the stamp of the image, for exact pairs'


def test_a_planning_scene_of_an_answer(make_objects):
    rig = make_objects(grasp_samples=20)
    rig.see(View(MUG, BOX), 1.5)
    request = GetGraspTargets.Request(max_targets=16, max_grasps=1)
    names = {'answer': rig.call(GetGraspTargets, '/objects/get_grasp_targets', request)}
    exec(compile(FROM_ANSWER, PAGE.name, 'exec'), names)
    assert [item.id for item in names['objects']] == ['mug_11', 'box_12']
    removed, added = names['scene'].collision_objects
    assert (removed.id, removed.operation) == ('mug_11', fields.REMOVE)
    assert (added.operation, added.frame_id, added.stamp_ns) == (fields.ADD, FRAME, 1_500_000_000)
    np.testing.assert_allclose(added.position, BOX.center, atol=0.012)
    np.testing.assert_allclose(added.dimensions, BOX.size + 0.01, atol=0.01)
