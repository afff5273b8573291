"""The objects node as a process."""

from __future__ import annotations

from pathlib import Path
import signal
import subprocess
import sys
import time

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from cloud_messages import are_cleaned, table_of  # noqa: E402
from rclpy.context import Context  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from sensor_msgs.msg import PointCloud2  # noqa: E402
from table_view import MUG, View  # noqa: E402

from efficientsam3_ros.srv import GetGraspTargets  # noqa: E402

pytestmark = pytest.mark.dds

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from efficientsam3_ros.nodes.objects.objects_node import main
sys.exit(main())
"""


def start(*arguments):
    words = [sys.executable, '-c', SCRIPT, '--ros-args', *arguments]
    return subprocess.Popen(words, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def process():
    process = start('-r', 'image:=color', '-p', 'max_grasps:=1')
    yield process
    if process.poll() is None:
        process.kill()
    process.wait(60)


def test_it_serves_clouds_and_targets_and_ctrl_c_ends_it_cleanly(process):
    context = Context()
    rclpy.init(context=context)
    node = Node('camera', context=context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    clouds, view = [], View(MUG)
    node.create_subscription(PointCloud2, '/objects/objects_points', clouds.append, 5)
    messages = {
        'camera_info': view.info,
        'color': view.image,
        'depth': view.depth_image,
        '/tracker/instances': view.instances,
    }
    publishers = {n: node.create_publisher(type(make(0)), n, 5) for n, make in messages.items()}
    client = node.create_client(GetGraspTargets, '/objects/get_grasp_targets')
    end, stamp, answer = time.monotonic() + 120, 0.0, None
    try:
        while not (clouds and answer is not None and answer.done()):
            assert time.monotonic() < end, 'no answer'
            assert process.poll() is None, process.stderr.read()
            if all(p.get_subscription_count() for p in publishers.values()):
                stamp += 1.0
                for name, make in messages.items():
                    publishers[name].publish(make(stamp))
            if clouds and answer is None and client.service_is_ready():
                answer = client.call_async(GetGraspTargets.Request(phrase='mug'))
            for _ in range(10):
                executor.spin_once(timeout_sec=0.02)
        assert answer.result().success, answer.result().message
        assert are_cleaned(table_of(clouds[-1])['label'], view.labels)
    finally:
        executor.shutdown()
        node.destroy_node()
        rclpy.shutdown(context=context)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert 'Traceback' not in process.stderr.read()


@pytest.mark.parametrize(
    ('given', 'message'),
    [('slop:=-1.0', 'slop'), ('keep_out:=[a b]', 'six numbers'), ('queue:=many', 'queue')],
)
def test_what_cannot_be_used_is_one_line_and_exit_code_2(given, message):
    process = start('-p', given)
    _, error = process.communicate(timeout=120)
    assert process.returncode == 2
    assert message in error and 'Traceback' not in error
