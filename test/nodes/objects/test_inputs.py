"""Inputs that do not fit are refused with cause and remedy, counted, and survived."""

from __future__ import annotations

import struct
from threading import Event

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from cloud_messages import table_of  # noqa: E402
import cv2  # noqa: E402
import numpy as np  # noqa: E402
from sensor_msgs.msg import CompressedImage, PointCloud2  # noqa: E402
from table_view import MUG, View  # noqa: E402

from efficientsam3_ros.core.messages.image_codec import fill_image  # noqa: E402

pytestmark = pytest.mark.dds


def fault(rig):
    return rig.node.session.tally.last_fault


def counts(rig):
    return {cause.value: n for cause, n in rig.node.session.tally.dropped.items() if n}


def received(rig):
    return rig.node.session.synchronizer.counts()['result'].received


def resized(view, factor):
    """Return a depth image of another size."""
    depth = np.ascontiguousarray(view.depth[::factor, ::factor])
    message = view.depth_image(1.0)
    return fill_image(message, depth, '32FC1')


def test_depth_of_another_size_names_the_drivers_option(make_objects):
    rig, view = make_objects(), View(MUG)
    rig.see(view, depth=resized(view, 2))
    assert counts(rig) == {'depth not aligned': 1}
    assert 'align_depth' in fault(rig) and '160x120' in fault(rig)
    rig.spin_until(
        lambda: any('align_depth' in r['message'] for r in rig.reports), 'a warning that says so'
    )
    rig.see(view, 2.0)
    assert rig.node.session.tally.processed == 1


def test_depth_of_another_frame_is_not_registered(make_objects):
    rig, view = make_objects(), View(MUG)
    depth = view.depth_image(1.0)
    depth.header.frame_id = 'camera_depth_optical_frame'
    rig.see(view, depth=depth)
    assert counts(rig) == {'depth not aligned': 1}
    assert 'camera_depth_optical_frame' in fault(rig)


def test_a_color_image_in_place_of_depth_is_told(make_objects):
    rig, view = make_objects(), View(MUG)
    rig.see(view, depth=view.image(1.0))
    assert counts(rig) == {'depth unreadable': 1}
    assert 'rgb8' in fault(rig)


def test_without_camera_info_images_are_dropped_until_it_comes(make_objects):
    rig, view = make_objects(), View(MUG)
    rig.see(view, camera_info=None)
    assert counts(rig) == {'no camera_info': 1}
    assert '-r camera_info:=' in fault(rig)
    rig.see(view, 2.0)
    assert rig.node.session.tally.processed == 1


@pytest.mark.parametrize(
    ('change', 'words'),
    [({'k': [0.0] * 9}, 'calibrat'), ({'height': 100}, '320x100'), ({'width': 0}, '0x240')],
    ids=['uncalibrated', 'another camera', 'empty'],
)
def test_a_camera_info_that_does_not_fit_is_told(make_objects, change, words):
    rig, view = make_objects(), View(MUG)
    info = view.info(1.0)
    for name, value in change.items():
        setattr(info, name, value)
    rig.see(view, camera_info=info)
    assert counts(rig) == {'camera_info unusable': 1}
    assert words in fault(rig)


def test_a_zoom_meets_the_images_of_its_stamp(make_objects):
    rig, view = make_objects(), View(MUG)
    rig.listen(PointCloud2, 'objects_points')
    zoomed = view.info(2.0)
    zoomed.k = (np.array(view.info(0).k) * [2, 1, 1, 1, 2, 1, 1, 1, 1]).tolist()
    rig.publish('camera_info', view.info(1.0))
    rig.publish('camera_info', zoomed)
    rig.spin_until(lambda: rig.node.session.infos.received == 2, 'both')
    widths = {}
    for stamp in (1.0, 2.0):
        rig.show(view, stamp, camera_info=None)
        rig.spin_until(lambda: rig.heard['objects_points'], 'the cloud')
        table = table_of(rig.heard['objects_points'].pop())
        widths[stamp] = np.nanmax(table['x']) - np.nanmin(table['x'])
    assert widths[1.0] == pytest.approx(2 * widths[2.0], rel=1e-4)
    assert rig.node.session.infos.changes == 1


def test_compressed_depth_is_taken_by_the_name_of_its_topic(make_objects):
    view, topic = View(MUG), 'depth/compressedDepth'
    rig = make_objects(depth_topic=topic)
    rig.listen(PointCloud2, 'objects_points')
    values = np.frombuffer(view.depth_image(1.0, '16UC1').data, np.uint16).reshape(240, 320)
    png = cv2.imencode('.png', values)[1].tobytes()
    message = CompressedImage(header=view.header(1.0), format='16UC1; compressedDepth png')
    message.data = struct.pack('<iff', 0, 0.0, 0.0) + png
    rig.show(view, 1.0, depth=None, **{topic: message})
    rig.spin_until(lambda: rig.heard['objects_points'], 'the cloud')
    np.testing.assert_allclose(
        table_of(rig.heard['objects_points'][0])['z'], view.depth, atol=6e-4
    )


def test_a_result_of_another_image_size_or_with_a_torn_mask_is_dropped(make_objects):
    rig, view = make_objects(), View(MUG)
    wrong = view.instances(1.0)
    wrong.height, wrong.width = 2**32 - 1, 2**32 - 1
    rig.see(view, instances=wrong)
    torn = view.instances(2.0)
    torn.instances[0].counts = torn.instances[0].counts[:-3]
    rig.see(view, 2.0, instances=torn)
    assert counts(rig) == {'result unreadable': 2}
    assert 'truncated' in fault(rig)


def test_every_result_is_accounted_for_in_diagnostics(make_objects):
    rig, view = make_objects(queue=3), View(MUG)
    rig.see(view, 1.0)
    rig.see(view, 2.0, camera_info=None, depth=view.image(2.0))
    for stamp in (3.0, 4.0, 5.0, 6.0, 7.0):
        rig.show(view, stamp, depth=None)
        rig.spin_until(lambda stamp=stamp: received(rig) == stamp, 'the result')
    rig.see(view, 8.0)
    report = rig.report_where(lambda r: r.get('processed') == '2', 'the report')
    dropped = {k[9:]: int(v) for k, v in report.items() if k.startswith('dropped: ')}
    assert dropped == {'no depth': 5, 'depth unreadable': 1}
    assert report['under way'] == '0'
    assert int(report['received']) == 2 + sum(dropped.values())
    assert report['depth: used'] == '3' and report['image: received'] == '8'


def test_while_a_result_is_made_the_newest_one_waits_and_others_count_as_busy(
    make_objects, monkeypatch
):
    rig, view, go_on = make_objects(), View(MUG), Event()
    rig.see(view, 1.0)
    build = rig.node.session._builder.build

    def slow(messages):
        assert go_on.wait(60)
        return build(messages)

    monkeypatch.setattr(rig.node.session._builder, 'build', slow)
    for stamp in (2.0, 3.0, 4.0, 5.0):
        rig.show(view, stamp)
        used = int(stamp)
        rig.spin_until(
            lambda used=used: rig.node.session.synchronizer.counts()['result'].used == used, 'it'
        )
        if stamp == 2.0:
            rig.spin_until(lambda: not rig.node.session._worker._slot, 'the worker to begin')
    go_on.set()
    rig.spin_until(lambda: rig.node.session.tally.processed == 3, 'the newest')
    assert counts(rig) == {'busy': 2}
    assert rig.node.session.latest.header.stamp.sec == 5


def test_silence_names_the_topic_and_the_remedy(make_objects):
    rig, view = make_objects(depth_topic='aligned'), View(MUG)
    report = rig.report_where(lambda r: r['level'] == '1', 'the warning')
    assert '/tracker/instances' in report['message'] and 'tracker' in report['message']
    rig.show(view, 1.0, depth=None)
    report = rig.report_where(lambda r: '/aligned' in r['message'], 'the warning')
    assert 'depth_topic' in report['message']


def test_a_compressed_color_topic_is_no_depth(make_objects):
    rig = make_objects(depth_topic='color/compressed')
    report = rig.report_where(lambda r: r['level'] == '2', 'the error')
    assert '/color/compressed' in report['message'] and 'compressedDepth' in report['message']
