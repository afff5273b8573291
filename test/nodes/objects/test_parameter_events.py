"""What services change shows up on ``/parameter_events``, as changes by ``ros2 param`` do."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from rcl_interfaces.msg import ParameterEvent  # noqa: E402
from rclpy.parameter import parameter_value_to_python  # noqa: E402

from efficientsam3_ros.msg import Prompt  # noqa: E402
from efficientsam3_ros.srv import SetPrompts, SetTarget  # noqa: E402

pytestmark = pytest.mark.dds


def listen(rig, node):
    """Return a dictionary of the values that the events of a node tell."""
    told = {}

    def heard(event):
        if event.node == node.get_fully_qualified_name():
            changes = {
                c.name: parameter_value_to_python(c.value) for c in event.changed_parameters
            }
            told.update(changes)

    rig.probe.create_subscription(ParameterEvent, '/parameter_events', heard, 50)
    rig.spin_until(lambda: node.count_subscribers('/parameter_events') > 0, 'the listener')
    return told


def test_prompts_that_a_service_sets(make_rig):
    rig = make_rig()
    rig.spin_until(lambda: rig.engines, 'the network')
    told = listen(rig, rig.tracker)
    request = SetPrompts.Request(prompts=[Prompt(concept='blue block')])
    assert rig.call(SetPrompts, '/tracker/set_prompts', request).success
    rig.spin_until(lambda: told.get('prompts') == ['blue block'], 'the event')
    # What is refused is no change.
    told.clear()
    request.prompts[0].concept = 'one two three four five'
    assert not rig.call(SetPrompts, '/tracker/set_prompts', request).success
    request.prompts = [Prompt(concept='red block')]
    assert rig.call(SetPrompts, '/tracker/set_prompts', request).success
    rig.spin_until(lambda: told, 'the event')
    assert told == {'prompts': ['red block']}


def test_the_target_that_a_service_sets(make_objects):
    rig = make_objects()
    told = listen(rig, rig.node)
    assert rig.call(SetTarget, '/objects/set_target', SetTarget.Request(track_id=7)).success
    rig.spin_until(lambda: told.get('target_track') == 7, 'the event')
