"""docs/ros_interface.md lists what the objects node has."""

from __future__ import annotations

from dataclasses import fields
import gc
from pathlib import Path
import re

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from efficientsam3_ros.action import Segment  # noqa: E402
from efficientsam3_ros.nodes.objects.faults import Cause  # noqa: E402
from efficientsam3_ros.nodes.objects.outputs.boxes import installed  # noqa: E402
from efficientsam3_ros.nodes.objects.settings import ObjectSettings  # noqa: E402
from efficientsam3_ros.nodes.objects.sync.counts import Unpaired  # noqa: E402

pytestmark = pytest.mark.dds

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / 'docs' / 'ros_interface.md').read_text()
SECTION = PAGE.split('## `objects_node`')[1].split('\n## ')[0]
OF_EVERY_NODE = ('/parameter_events', '/rosout', '/objects/transition_event')
STANDARD = ('rcl_interfaces/', 'lifecycle_msgs/', 'type_description_interfaces/')


@pytest.fixture(autouse=True)
def alone_in_the_graph():
    """End the nodes of earlier tests, which live until their services are collected."""
    gc.collect()


def table(title):
    """Return topic to (type, QoS) of the table below a title."""
    part = SECTION.split(f'### {title} of `objects_node`\n')[1].split('\n###')[0]
    rows = re.findall(r'^\| `([^`]+)` \| `(\w+)/(\w+)` \| ([^|]+) \|', part, re.MULTILINE)
    named = {'~': 'objects', '<tracker>': 'tracker'}
    found = {}
    for topic, package, name, qos in rows:
        for sign, word in named.items():
            topic = topic.replace(sign, word)
        found[f'/{topic.lstrip("/")}'] = (f'{package}/msg/{name}', qos)
    return found


def types(found):
    return {
        name: kind
        for name, (kind, *_) in found
        if name not in OF_EVERY_NODE and not kind.startswith(STANDARD) and '/_action/' not in name
    }


def check(rig, look, wanted):
    rig.spin_until(lambda: len(types(look('objects', '/'))) >= len(wanted), f'{sorted(wanted)}')
    assert types(look('objects', '/')) == wanted


def test_topics_with_their_types_and_depths(make_objects):
    rig = make_objects()
    rig.spin_until(lambda: rig.node.is_active, 'activation')
    inputs, outputs = table('Inputs'), table('Outputs')
    for package, topic in (('vision_msgs', 'detections_3d'), ('visualization_msgs', 'markers')):
        if installed(package) is None:
            del outputs[f'/objects/{topic}']
    check(
        rig,
        rig.probe.get_subscriber_names_and_types_by_node,
        {name: kind for name, (kind, _) in inputs.items()},
    )
    check(
        rig,
        rig.probe.get_publisher_names_and_types_by_node,
        {name: kind for name, (kind, _) in outputs.items()},
    )
    depths = {p.topic_name: p.qos_profile.depth for p in rig.node.publishers}
    for name, (_, qos) in outputs.items():
        assert qos.endswith(f'depth {depths[name]}'), name


def test_services_and_the_action(make_objects):
    rig = make_objects(autostart=False)
    wanted = dict(re.findall(r'ros2 service call (\S+) (\S+)', SECTION))
    check(rig, rig.probe.get_service_names_and_types_by_node, wanted)
    ((name, kind),) = re.findall(r'send_goal --feedback (\S+) (\S+)', SECTION)
    assert kind == 'efficientsam3_ros/action/Segment' and Segment.Goal()
    served = [n for n, _ in rig.node.get_service_names_and_types_by_node('objects', '/')]
    assert f'{name}/_action/send_goal' in served


def test_every_cause_of_a_drop_of_a_result_is_listed():
    of_images = {Unpaired.PASSED_OVER, Unpaired.QUEUE_FULL, Unpaired.SAME_STAMP}
    of_images |= {Unpaired.UNMATCHED}
    for cause in (*Cause, *(set(Unpaired) - of_images)):
        assert f'`{cause.value}`' in SECTION, cause


def test_every_parameter_that_the_page_names_exists():
    part = SECTION.split('### Services and action')[0]
    names = {item.name for item in fields(ObjectSettings)}
    told = set(re.findall(r'`([a-z]+_[a-z]+)`', part)) - {'frame_id', 'vision_msgs'}
    told -= {'visualization_msgs', 'depth_registered', 'camera_info', 'objects_node'}
    assert told and told <= names
