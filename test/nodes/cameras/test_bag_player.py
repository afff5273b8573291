from __future__ import annotations

import threading
import time

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')

from rclpy.context import Context  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from rclpy.qos import QoSProfile  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402

from efficientsam3_ros.bags import BagError, BagWriter  # noqa: E402
from efficientsam3_ros.core.messages.image_codec import decode_rgb  # noqa: E402
from efficientsam3_ros.nodes.cameras.bag_player import BagPlayer  # noqa: E402

pytestmark = pytest.mark.dds

START_NS = 1_700_000_000_000_000_000
STEP_NS = 50_000_000


@pytest.fixture
def context():
    context = Context()
    rclpy.init(context=context)
    yield context
    rclpy.shutdown(context=context)


@pytest.fixture
def bag(tmp_path):
    path = tmp_path / 'a bag'
    with BagWriter(path) as writer:
        for i in range(5):
            rgb = np.full((12, 16, 3), 40 * i, np.uint8)
            writer.image('/camera/image_raw', rgb, 'rgb8', START_NS + i * STEP_NS, 'optical')
    return path


def play(context, **parameters):
    """Return the images that arrive and their times of arrival, seconds."""
    overrides = [Parameter(name, value=value) for name, value in parameters.items()]
    player = BagPlayer(context=context, parameter_overrides=overrides)
    probe = Node('probe', context=context)
    seen = []
    probe.create_subscription(Image, 'image_raw', seen.append, QoSProfile(depth=50))
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(probe)
    counts = []
    thread = threading.Thread(target=lambda: counts.append(player.play()))
    thread.start()
    end = time.monotonic() + 60
    while thread.is_alive() or (counts and len(seen) < counts[0]):
        assert time.monotonic() < end, f'{len(seen)} images arrived'
        executor.spin_once(timeout_sec=0.02)
    thread.join()
    executor.shutdown()
    probe.destroy_node()
    player.destroy_node()
    return seen


def test_recorded_stamps_frames_and_pixels(context, bag):
    seen = play(context, bag=str(bag), stamps='original', speed=5.0)
    stamps = [m.header.stamp.sec * 10**9 + m.header.stamp.nanosec for m in seen]
    assert stamps == [START_NS + i * STEP_NS for i in range(5)]
    assert {m.header.frame_id for m in seen} == {'optical'}
    assert [decode_rgb(m)[0, 0, 0] for m in seen] == [0, 40, 80, 120, 160]


def test_recorded_pace_with_new_stamps(context, bag):
    seen = play(context, bag=str(bag))
    stamps = np.array([m.header.stamp.sec * 10**9 + m.header.stamp.nanosec for m in seen])
    assert stamps[0] > START_NS
    # 0.2 s, less what a loaded machine was late with the first one.
    assert (stamps[-1] - stamps[0]) / 1e9 > 0.1


def test_journal_tells_when_each_image_was_published(context, bag, tmp_path):
    journal = tmp_path / 'published.txt'
    before = time.time_ns()
    play(context, bag=str(bag), stamps='original', speed=5.0, journal=str(journal))
    lines = [tuple(map(int, line.split())) for line in journal.read_text().splitlines()]
    assert [stamp for stamp, _ in lines] == [START_NS + i * STEP_NS for i in range(5)]
    published = [at for _, at in lines]
    assert before < published[0]
    assert published == sorted(published)
    assert published[-1] < time.time_ns()


@pytest.mark.parametrize('path', ['', '/no/such/bag'])
def test_missing_bag_is_named(context, path):
    with pytest.raises(BagError, match='bag'):
        play(context, bag=path)


def test_a_journal_replaces_nothing_but_a_journal(context, bag, tmp_path):
    mine = tmp_path / 'mine.txt'
    mine.write_text('dear diary\n')
    for journal, word in ((mine, 'no file that this command wrote'), (bag, 'which is read')):
        with pytest.raises(ValueError, match=word):
            play(context, bag=str(bag), journal=str(journal))
    assert mine.read_text() == 'dear diary\n'
    mine.write_text('-1 2\n')  # of an image before 1970
    play(context, bag=str(bag), speed=50.0, journal=str(mine))
    assert len(mine.read_text().splitlines()) == 5
