"""SIGTERM ends a process cleanly, whatever the state of the node in it."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from node_process import OBJECTS, TRACKER, WAYS, NodeProcess, Probe, command, noise  # noqa: E402
from node_scenarios import objects_camera, tracker_camera  # noqa: E402
from sensor_msgs.msg import PointCloud2  # noqa: E402

pytestmark = pytest.mark.dds
NODES = pytest.mark.parametrize('program', [TRACKER, OBJECTS], ids=['tracker', 'objects'])


@pytest.fixture
def process(program):
    with NodeProcess(command(program, 'ended')) as process:
        yield process


@NODES
@pytest.mark.parametrize('state', WAYS)
def test_it_ends_with_0_and_without_an_error(process, state):
    with Probe('ended', process.alive) as probe:
        probe.change(*WAYS[state])
        assert probe.state() == state
    told = process.terminate()
    assert not noise(told), told


@NODES
def test_it_ends_so_while_images_flow(process, program):
    with Probe('ended', process.alive) as probe:
        probe.change(*WAYS['active'])
        if program == TRACKER:
            tracker_camera(probe, 'ended').wait(lambda result: result.height)
        else:
            camera = objects_camera(probe, (PointCloud2, '/ended/objects_points'))
            camera.wait(lambda cloud: cloud.width)
        told = process.terminate(meanwhile=probe.spin)
    assert not noise(told), told
