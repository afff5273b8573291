"""The tracker node over real DDS: results, QoS, and images that are not as they should be."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')

from node_rig import colored_image, colored_png, gray  # noqa: E402
from rclpy.qos import QoSProfile, ReliabilityPolicy  # noqa: E402
from sensor_msgs.msg import CompressedImage, Image  # noqa: E402

from efficientsam3_ros.core.messages.image_codec import decode_rgb, fill_image  # noqa: E402
from efficientsam3_ros.core.messages.image_fault import ImageFault  # noqa: E402
from efficientsam3_ros.core.messages.instance_codec import read_instances  # noqa: E402
from efficientsam3_ros.msg import TrackEvent  # noqa: E402
from efficientsam3_ros.srv import RemoveTracks  # noqa: E402

pytestmark = pytest.mark.dds

RED = {'red': (10, 5, 20, 12)}


@pytest.mark.parametrize(
    'reliability', [ReliabilityPolicy.RELIABLE, ReliabilityPolicy.BEST_EFFORT]
)
def test_hears_both_kinds_of_cameras_and_keeps_the_header(make_rig, reliability):
    rig = make_rig()
    message = colored_image(RED, sec=7, frame_id='wrist_optical')
    message.header.stamp.nanosec = 123456789
    result = rig.exchange(rig.camera(reliability), message)
    assert result.header == message.header
    assert (result.height, result.width, result.prompt_version) == (48, 64, 1)
    (item,) = read_instances(result).instances
    assert (item.concept, item.area) == ('red block', 20 * 12)
    assert item.mask.box_xyxy == (10, 5, 30, 17)


def test_nothing_seen_is_published_too(make_rig):
    rig = make_rig()
    result = rig.exchange(rig.camera(), colored_image({}, sec=1))
    assert list(result.instances) == []


def test_events_tell_of_tracks_that_are_confirmed_lost_and_removed(make_rig):
    rig = make_rig(**{'tracking.confirm_hits': 1, 'tracking.max_occluded_frames': 0})
    events = []
    rig.probe.create_subscription(TrackEvent, '/tracker/track_events', events.append, 50)
    rig.spin_until(lambda: rig.tracker.count_subscribers('/tracker/track_events'), 'the probe')
    camera = rig.camera()
    for sec, boxes in ((1, RED), (2, RED), (3, {}), (4, RED)):
        result = rig.exchange(camera, colored_image(boxes, sec))
    (track,) = result.instances
    request = RemoveTracks.Request(track_ids=[track.track_id])
    assert rig.call(RemoveTracks, '/tracker/remove_tracks', request).success
    rig.exchange(camera, colored_image({}, sec=5))
    rig.spin_until(lambda: len(events) == 4, 'the events')
    told = [(event.event, event.header.stamp.sec, event.last_seen.sec) for event in events]
    assert told == [
        (TrackEvent.CONFIRMED, 1, 1), (TrackEvent.LOST, 3, 2),
        (TrackEvent.FOUND, 4, 4), (TrackEvent.ENDED, 4, 4),
    ]  # fmt: skip
    (event,) = events[1:2]
    assert (event.track_id, event.label, event.concept) == (track.track_id, 1, 'red block')
    assert (event.roi.x_offset, event.roi.y_offset, event.roi.width, event.roi.height) == RED[
        'red'
    ]


def test_label_image_and_overlay_come_only_when_asked_for(make_rig):
    rig = make_rig()
    camera = rig.camera()
    rig.exchange(camera, colored_image(RED, sec=1))
    seen = {}
    for name in ('label_image', 'overlay'):
        rig.probe.create_subscription(
            Image, f'/tracker/{name}', lambda m, name=name: seen.update({name: m}), 1
        )
        rig.spin_until(lambda name=name: rig.tracker.count_subscribers(f'/tracker/{name}'), name)
    rig.exchange(camera, colored_image(RED, sec=2))
    rig.spin_until(lambda: len(seen) == 2, 'label image and overlay')
    labels = seen['label_image']
    assert (labels.encoding, labels.header.stamp.sec, labels.step) == ('16UC1', 2, 128)
    pixels = bytes(labels.data)
    assert pixels.count(1) == 20 * 12
    picture = decode_rgb(seen['overlay'])
    assert (picture[10, 15] != colored_pixel()).any()


def colored_pixel():
    return decode_rgb(colored_image(RED, sec=0))[10, 15]


def broken(**changes):
    message = colored_image(RED, sec=5)
    for name, value in changes.items():
        setattr(message, name, value)
    return message


@pytest.mark.parametrize(
    ('message', 'fault'),
    [
        pytest.param({'encoding': 'holographic8'}, ImageFault.ENCODING, id='unknown encoding'),
        pytest.param({'encoding': '16UC1'}, ImageFault.DEPTH, id='depth'),
        pytest.param({'height': 4800}, ImageFault.DAMAGED, id='truncated'),
        pytest.param({'height': 0}, ImageFault.SIZE, id='zero size'),
        pytest.param({'step': 10}, ImageFault.SIZE, id='step too small'),
    ],
)
def test_unreadable_image_is_survived_and_reported(make_rig, message, fault):
    rig = make_rig()
    camera = rig.camera()
    rig.exchange(camera, colored_image(RED, sec=4))
    camera.publish(broken(**message))
    report = rig.report_where(
        lambda r: r['dropped: unreadable'] == '1' and r['level'] == '1', 'a warning'
    )
    assert report[f'unreadable: {fault.value}'] == '1'
    result = rig.exchange(camera, colored_image(RED, sec=6))
    assert len(result.instances) == 1


def test_zero_stamp_is_processed_and_counted(make_rig):
    rig = make_rig()
    camera = rig.camera()
    result = rig.exchange(camera, colored_image(RED, sec=0))
    assert len(result.instances) == 1
    rig.report_where(lambda r: r['zero stamps'] == '1', 'the count')


def test_time_that_jumps_back_resets_the_tracks(make_rig):
    rig = make_rig()
    camera = rig.camera()
    first = rig.exchange(camera, colored_image(RED, sec=1000))
    again = rig.exchange(camera, colored_image(RED, sec=10))
    assert rig.ids(first) != rig.ids(again)
    report = rig.report_where(lambda r: r['time jumps back'] == '1', 'the count')
    assert report['processed'] == '2'


def test_image_that_was_overtaken_is_dropped(make_rig):
    rig = make_rig()
    camera = rig.camera()
    rig.exchange(camera, colored_image(RED, sec=100))
    late = colored_image(RED, sec=99)
    late.header.stamp.nanosec = 500_000_000
    camera.publish(late)
    report = rig.report_where(lambda r: r['dropped: out of order'] == '1', 'the count')
    assert report['time jumps back'] == '0'


def test_old_image_is_dropped_when_an_age_is_set(make_rig):
    rig = make_rig(max_age=5.0)
    camera = rig.camera()
    camera.publish(colored_image(RED, sec=100))
    rig.report_where(lambda r: r['dropped: stale'] == '1', 'the count')
    assert rig.results == []


def test_a_failing_network_does_not_end_the_node(make_rig):
    rig = make_rig()
    camera = rig.camera()
    engine = rig.engines[0]
    runs = dict(engine.runs)
    engine.runs.pop('detector')
    camera.publish(colored_image(RED, sec=1))
    rig.report_where(lambda r: r['dropped: failed'] == '1' and r['level'] == '2', 'an error')
    engine.runs.update(runs)
    assert len(rig.exchange(camera, colored_image(RED, sec=2)).instances) == 1


def test_compressed_images_are_read(make_rig):
    rig = make_rig(image_transport='compressed')
    publisher = rig.probe.create_publisher(CompressedImage, 'image/compressed', 1)
    rig.connect(publisher)
    (item,) = rig.exchange(publisher, colored_png(RED, sec=3)).instances
    assert item.area == 20 * 12


def test_larger_frames_arrive_whole(make_rig):
    rig = make_rig()
    camera = rig.probe.create_publisher(Image, 'image', QoSProfile(depth=1))
    rig.connect(camera)
    scene = gray(480, 640)
    scene[100:200, 300:500] = (255, 10, 10)
    message = fill_image(Image(), scene, 'rgb8')
    message.header.stamp.sec = 1
    (item,) = rig.exchange(camera, message).instances
    assert item.roi.width == 200
    assert item.roi.height == 100
