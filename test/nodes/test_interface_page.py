"""docs/ros_interface.md lists the topics, services and parameters that the nodes have."""

from __future__ import annotations

from dataclasses import fields
import gc
from pathlib import Path
import re

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')

from efficientsam3_ros.nodes.cameras.bag_player import PlayerSettings  # noqa: E402
from efficientsam3_ros.nodes.tracker.vision import vision_messages  # noqa: E402

pytestmark = pytest.mark.dds

PAGE = (Path(__file__).resolve().parents[2] / 'docs' / 'ros_interface.md').read_text()
OF_TRACKER = PAGE.split('## `objects_node`')[0]
OF_EVERY_NODE = ('/parameter_events', '/rosout', '/tracker/transition_event')
STANDARD = ('rcl_interfaces/', 'lifecycle_msgs/', 'type_description_interfaces/')


@pytest.fixture(autouse=True)
def alone_in_the_graph():
    """End the trackers of earlier tests, which live until their lifecycle services are collected.

    The graph is asked by a node's name, and answers of the first that has it.
    """
    gc.collect()


def table(title):
    """Return topic to (type, QoS) of the table below a title."""
    section = PAGE.split(f'### {title}\n')[1].split('\n###')[0]
    rows = re.findall(r'^\| `([^`]+)` \| `(\w+)/(\w+)`[^|]* \| ([^|]+) \|', section, re.MULTILINE)
    return {
        topic if topic.startswith('/') else f'/{topic.replace("~", "tracker")}': (
            f'{package}/msg/{name}',
            qos,
        )
        for topic, package, name, qos in rows
    }


def types(found):
    return {
        name: kind
        for name, (kind,) in found
        if name not in OF_EVERY_NODE and not kind.startswith(STANDARD)
    }


def check(rig, look, wanted):
    """Compare what the graph says of the tracker, which a moment ago it did not know."""
    rig.spin_until(lambda: len(types(look('tracker', '/'))) >= len(wanted), f'{sorted(wanted)}')
    assert types(look('tracker', '/')) == wanted


def test_topics_of_the_tracker(make_rig):
    rig = make_rig()
    rig.camera()
    subscribed, published = table('Subscribed'), table('Published')
    del subscribed['/image/compressed']  # instead of image
    if vision_messages() is None:
        del published['/tracker/detections'], published['/tracker/label_info']
    check(
        rig,
        rig.probe.get_subscriber_names_and_types_by_node,
        {name: kind for name, (kind, _) in subscribed.items()},
    )
    check(
        rig,
        rig.probe.get_publisher_names_and_types_by_node,
        {name: kind for name, (kind, _) in published.items()},
    )
    depths = {p.topic_name: p.qos_profile.depth for p in rig.tracker.publishers}
    for name, (_, qos) in published.items():
        assert qos.endswith(f'depth {depths[name]}'), name


def test_services_of_the_tracker(make_rig):
    rig = make_rig(autostart=False)
    wanted = dict(re.findall(r'ros2 service call (\S+) (\S+)', OF_TRACKER))
    check(rig, rig.probe.get_service_names_and_types_by_node, wanted)


def test_parameters_of_the_player():
    listed = PAGE.split('## `bag_player`')[1].split('Parameters:')[1].split('For exact')[0]
    for item in fields(PlayerSettings):
        assert f'`{item.name}`' in listed
