"""Faults of a camera in use: each one is told once, counted, and over when it ends."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from cloud_messages import table_of  # noqa: E402
import numpy as np  # noqa: E402
from sensor_msgs.msg import PointCloud2  # noqa: E402
from table_view import MUG, View  # noqa: E402

from efficientsam3_ros.core.messages.image_codec import fill_image  # noqa: E402
from efficientsam3_ros.srv import GetGraspTargets  # noqa: E402

pytestmark = pytest.mark.dds


def accounted(report):
    dropped = sum(int(n) for name, n in report.items() if name.startswith('dropped: '))
    return int(report['processed']) + dropped


def test_depth_without_any_reading_makes_an_empty_cloud_and_a_target_that_says_so(make_objects):
    rig, view = make_objects(threads=4), View(MUG)
    rig.listen(PointCloud2, 'objects_points')
    holes = fill_image(view.depth_image(1.0), np.full_like(view.depth, np.nan), '32FC1')
    rig.see(view, 1.0, depth=holes)
    rig.spin_until(lambda: rig.heard['objects_points'], 'the cloud')
    cloud = rig.heard['objects_points'][0]
    assert np.isnan(table_of(cloud)['z']).all() and not cloud.is_dense
    answer = rig.call(
        GetGraspTargets, '/objects/get_grasp_targets', GetGraspTargets.Request(phrase='mug')
    )
    assert not any(target.grasps for target in answer.targets)
    rig.see(view, 2.0)
    assert rig.node.session.tally.processed == 2


def test_depth_that_comes_too_late_is_counted_as_missing_and_later_images_pair(make_objects):
    rig, view = make_objects(queue=2), View(MUG)
    for stamp in (1.0, 2.0, 3.0):
        rig.show(view, stamp, depth=None)
        rig.spin_until(
            lambda n=int(stamp): rig.node.session.synchronizer.counts()['result'].received == n,
            'the result',
        )
    rig.publish('depth', view.depth_image(1.0))
    rig.see(view, 4.0)
    report = rig.report_where(lambda r: r.get('under way') == '0', 'every result accounted for')
    assert report['processed'] == '1' and report['dropped: no depth'] == '3'
    assert int(report['received']) == accounted(report) == 4


def test_all_faults_after_each_other_add_up_and_the_node_goes_on(make_objects):
    rig, view = make_objects(), View(MUG)
    rig.see(view, 1.0)
    rig.see(view, 2.0, depth=view.image(2.0))
    small = np.ascontiguousarray(view.depth[::2, ::2])
    rig.see(view, 3.0, depth=fill_image(view.depth_image(3.0), small, '32FC1'))
    other = view.info(4.0)
    other.height = 100
    rig.see(view, 4.0, camera_info=other)
    torn = view.instances(5.0)
    torn.instances[0].counts = torn.instances[0].counts[:-3]
    rig.see(view, 5.0, instances=torn)
    rig.see(view, 6.0)
    report = rig.report_where(lambda r: r.get('processed') == '2', 'the report')
    dropped = {name[9:]: n for name, n in report.items() if name.startswith('dropped: ')}
    assert dropped == dict.fromkeys(
        ('depth unreadable', 'depth not aligned', 'camera_info unusable', 'result unreadable'), '1'
    )
    assert int(report['received']) == accounted(report) == 6
