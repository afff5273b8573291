"""The tracker in a process of its own, as on a robot."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')

from rclpy.context import Context  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.qos import qos_profile_sensor_data  # noqa: E402
from rooms import PATHS  # noqa: E402
from scripted_engine import painted_frame  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402

from efficientsam3_ros.core.messages.image_codec import fill_image  # noqa: E402
from efficientsam3_ros.msg import InstanceArray  # noqa: E402

pytestmark = pytest.mark.dds

SCRIPT = f"""
import sys
sys.path[:0] = {PATHS!r}
from scripted_engine import ColorEngine
from efficientsam3_ros.nodes.tracker.tracker_node import main
sys.exit(main(engine_loader=lambda *_: ColorEngine()))
"""


@pytest.fixture
def tracker():
    arguments = ['--ros-args', '-p', 'prompts:=["red block"]', '-r', 'image:=camera/image_raw']
    process = subprocess.Popen(
        [sys.executable, '-c', SCRIPT, *arguments], stderr=subprocess.PIPE, text=True
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.wait(60)


def test_best_effort_camera_is_served_and_ctrl_c_ends_cleanly(tracker):
    context = Context()
    rclpy.init(context=context)
    node = Node('camera', context=context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    results = []
    node.create_subscription(InstanceArray, '/tracker/instances', results.append, 5)
    publisher = node.create_publisher(Image, 'camera/image_raw', qos_profile_sensor_data)
    image = painted_frame({'red': (100, 50, 200, 120)}, 480, 640).rgb
    message = fill_image(Image(), image, 'rgb8')
    message.header.frame_id = 'optical'
    end = time.monotonic() + 120
    try:
        while len(results) < 3:
            assert time.monotonic() < end, 'no results'
            assert tracker.poll() is None, tracker.stderr.read()
            if publisher.get_subscription_count():
                message.header.stamp.sec += 1
                publisher.publish(message)
            for _ in range(5):
                executor.spin_once(timeout_sec=0.02)
    finally:
        executor.shutdown()
        node.destroy_node()
        rclpy.shutdown(context=context)
    stamps = [result.header.stamp.sec for result in results]
    assert stamps == sorted(set(stamps))
    assert {result.header.frame_id for result in results} == {'optical'}
    (item,) = results[-1].instances
    assert (item.roi.width, item.roi.height) == (200, 120)
    tracker.send_signal(signal.SIGINT)
    assert tracker.wait(60) == 0
    assert 'Traceback' not in tracker.stderr.read()


@pytest.mark.parametrize(
    ('option', 'given', 'message'),
    [
        (
            '-p',
            'tracking.colour_weight:=0.5',
            '"tracking.colour_weight" is now "tracking.color_weight"; rename it in the launch or '
            'parameter file.',
        ),
        ('-p', 'tracking.keep_iou:=0.9', 'keep_iou (0.9) is at most match_iou (0.3)'),
        ('-p', 'tracking.match_iou:=3.0', 'tracking.match_iou out of range'),
        ('-r', 'image:=/x/compressedDepth', '/x/compressedDepth carries depth'),
    ],
)
def test_what_cannot_be_used_is_one_line_and_exit_code_2(option, given, message):
    words = [sys.executable, '-c', SCRIPT, '--ros-args', option, given]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert message in done.stderr
    assert 'Traceback' not in done.stderr
