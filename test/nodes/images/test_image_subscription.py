"""The image subscription over real DDS: it follows its publishers and counts what is lost."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')

from node_rig import colored_image  # noqa: E402
from rclpy.qos import QoSProfile, ReliabilityPolicy  # noqa: E402
from rclpy.serialization import serialize_message  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402

from efficientsam3_ros.tracking.live.missing import Source  # noqa: E402

pytestmark = pytest.mark.dds

DAMAGED = b'\0\1\0\0' + b'\xff' * 9
RED = {'red': (10, 5, 20, 12)}
RELIABLE, BEST_EFFORT = ReliabilityPolicy.RELIABLE, ReliabilityPolicy.BEST_EFFORT


def offered(rig, reliability):
    return rig.probe.create_publisher(Image, 'image', QoSProfile(depth=5, reliability=reliability))


def test_reliability_follows_publishers_that_come_and_go(make_rig):
    rig = make_rig()
    rig.report_where(lambda r: r['reliability'] == 'best_effort', 'the start')
    camera = offered(rig, RELIABLE)
    rig.report_where(lambda r: r['reliability'] == 'reliable', 'a reliable subscription')
    other = offered(rig, BEST_EFFORT)
    report = rig.report_where(lambda r: r['reliability'] == 'best_effort', 'one that hears both')
    assert report['level'] == '1' and report['message'].count('/probe') == 2
    rig.connect(other)
    assert rig.exchange(other, colored_image(RED, sec=1)).instances
    rig.probe.destroy_publisher(other)
    rig.report_where(lambda r: r['reliability'] == 'reliable', 'the old state')
    assert rig.exchange(camera, colored_image(RED, sec=2)).instances


def test_no_image_is_lost_or_doubled_while_the_subscription_changes(make_rig):
    rig = make_rig()
    camera = rig.camera(RELIABLE)
    stamps = range(1, 60)
    for sec in stamps:
        camera.publish(colored_image(RED, sec))
        rig.spin_for(0.02)
    report = rig.report_where(lambda r: r['received'] == str(len(stamps)), 'all images')
    assert (report['reliability'], report['lost before the node']) == ('reliable', '0')


def test_a_number_counts_once_and_a_middleware_without_numbers_is_heard(make_rig):
    rig = make_rig()
    rig.exchange(rig.camera(), colored_image(RED, sec=1))
    submitted = []
    subscription = rig.tracker._subscription
    subscription._submit = submitted.append
    for sec, number in ((5, 7), (5, 7), (6, 8), (7, 2**64 - 1), (8, 2**64 - 1)):
        data = serialize_message(colored_image(RED, sec))
        subscription._on_numbered(data, {'publication_sequence_number': number})
    assert [message.header.stamp.sec for message in submitted] == [5, 6, 7, 8]


def test_what_was_published_and_did_not_arrive_is_counted(make_rig):
    rig = make_rig(reliability='best_effort')
    camera = rig.camera(BEST_EFFORT)
    rig.exchange(camera, colored_image(RED, sec=1))
    # More at once than the queue holds, while nobody takes them.
    for sec in range(2, 42):
        camera.publish(colored_image(RED, sec))
    rig.exchange(camera, colored_image(RED, sec=50))
    report = rig.report_where(lambda r: r['lost before the node'] != '0', 'the losses')
    assert int(report['received']) + int(report['lost before the node']) == 42


def test_a_given_reliability_stays(make_rig):
    rig = make_rig(reliability='reliable')
    offered(rig, BEST_EFFORT)
    report = rig.report_where(lambda r: r['publishers'] == '/probe', 'the publisher')
    rig.spin_for(0.6)
    assert report['reliability'] == rig.reports[-1]['reliability'] == 'reliable'


def test_a_changing_frame_id_is_told(make_rig):
    rig = make_rig()
    camera = rig.camera()
    rig.exchange(camera, colored_image(RED, sec=1, frame_id='left'))
    camera.publish(colored_image(RED, sec=2, frame_id='right'))
    report = rig.report_where(lambda r: 'frame_id' in r['message'], 'the change')
    assert report['frame ids'] == 'left, right'


def test_bytes_that_are_no_image_are_counted_and_the_next_image_is_read(make_rig):
    rig = make_rig()
    rig.exchange(rig.camera(), colored_image(RED, sec=1))
    subscription = rig.tracker._subscription
    subscription._counter.source = Source.NUMBERS
    sound = serialize_message(colored_image(RED, sec=3))
    for number, data in ((6, sound), (7, DAMAGED), (8, sound)):
        subscription._on_numbered(data, {'publication_sequence_number': number})
    damaged = 'unreadable: damaged or truncated'
    report = rig.report_where(lambda r: r.get(damaged) == '1', 'the damage')
    assert report['received'] == '4'
    assert 'frame_id' not in report['message'] and ',' not in report['frame ids']
    assert subscription._counter._told == 4  # of 2 to 5 alone
