from __future__ import annotations

import time

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')
pytest.importorskip('efficientsam3_ros.simulation', reason='needs mujoco: pip install ".[sim]"')

from rclpy.context import Context  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from rclpy.qos import QoSProfile  # noqa: E402
from sensor_msgs.msg import CameraInfo, Image  # noqa: E402

from efficientsam3_ros.core.messages.image_codec import decode_depth, decode_rgb  # noqa: E402
from efficientsam3_ros.core.messages.instance_codec import read_instances  # noqa: E402
from efficientsam3_ros.msg import InstanceArray  # noqa: E402
from efficientsam3_ros.nodes.cameras import simulated_camera  # noqa: E402
from efficientsam3_ros.nodes.cameras.simulated_camera import SimulatedCamera  # noqa: E402

pytestmark = pytest.mark.dds

WAIT_S = 60.0
TOPICS = {
    'image_raw': Image,
    'depth/image_raw': Image,
    'camera_info': CameraInfo,
    'ground_truth': InstanceArray,
}


def record(parameters, enough):
    """Run the camera until ``enough(messages by topic)``; return the messages."""
    context = Context()
    rclpy.init(context=context)
    given = {'width': 160, 'height': 120, 'rate': 20.0, **parameters}
    overrides = [Parameter(name, value=value) for name, value in given.items()]
    probe = Node('probe', context=context)
    seen = {name: [] for name in TOPICS}
    for name, kind in TOPICS.items():
        probe.create_subscription(kind, name, seen[name].append, QoSProfile(depth=50))
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(probe)
    executor.add_node(SimulatedCamera(context=context, parameter_overrides=overrides))
    try:
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            executor.spin_once(timeout_sec=0.02)
            if enough(seen):
                return seen
        raise AssertionError({name: len(found) for name, found in seen.items()})
    finally:
        for node in executor.get_nodes():
            node.destroy_node()
        executor.shutdown()
        rclpy.shutdown(context=context)


def test_publishes_what_belongs_together_under_one_stamp():
    probe = record({'seconds': 0.2}, lambda seen: seen['image_raw'])
    assert probe['ground_truth'] == []
    concepts = ['mug', 'apple', 'banana', 'bowl', 'block', 'screwdriver', 'can', 'box', 'cup']
    settings = {'concepts': concepts, 'prerender_seconds': 0.2}
    seen = record(settings, lambda seen: all(len(found) > 5 for found in seen.values()))
    by_stamp = {
        name: {(m.header.stamp.sec, m.header.stamp.nanosec): m for m in found}
        for name, found in seen.items()
    }
    common = set.intersection(*(set(found) for found in by_stamp.values()))
    assert len(common) > 2
    stamp = min(common)
    image, depth, info, truth = (by_stamp[name][stamp] for name in TOPICS)
    assert {m.header.frame_id for m in (image, depth, info, truth)} == {
        'camera_color_optical_frame'
    }
    assert decode_rgb(image).shape == (120, 160, 3)
    meters = decode_depth(depth)
    assert 0.2 < np.nanmedian(meters) < 3.0
    assert (info.width, info.height) == (160, 120)
    assert info.k[0] == info.p[0] > 0
    masks = read_instances(truth)
    assert (masks.height, masks.width) == (120, 160)


def test_a_film_that_is_shown_once_waits_for_who_is_to_see_it(monkeypatch):
    film = {'seconds': 0.2, 'prerender_seconds': 0.2, 'loop': False, 'depth': False}
    record({**film, 'listeners': 1}, lambda seen: len(seen['image_raw']) == 4)
    # It does not wait forever for listeners that never come.
    monkeypatch.setattr(simulated_camera, '_PATIENCE_S', 2.0)
    begin = time.monotonic()
    record({**film, 'listeners': 2}, lambda seen: seen['image_raw'])
    assert time.monotonic() - begin > 2


def test_film_begins_anew():
    seen = record(
        {'prerender_seconds': 0.1, 'depth': False}, lambda seen: len(seen['image_raw']) >= 5
    )
    pictures = [bytes(message.data) for message in seen['image_raw']]
    assert pictures[0] == pictures[2]
    assert pictures[0] != pictures[1]
    assert seen['depth/image_raw'] == []


def test_bad_parameter_is_refused():
    with pytest.raises(Exception, match='reliability'):
        record({'reliability': 'mostly'}, lambda seen: True)
