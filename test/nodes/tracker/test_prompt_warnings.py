"""Words that the model never saw, and no prompts at all, are told on every way to set them."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')

from rclpy.parameter import Parameter  # noqa: E402
from std_msgs.msg import String  # noqa: E402

from efficientsam3_ros.msg import Prompt  # noqa: E402
from efficientsam3_ros.srv import SetPrompts  # noqa: E402

pytestmark = pytest.mark.dds

UNKNOWN = 'never seen the words gizmo'
NONE = 'No prompts are in force'


def configured(make_rig, **parameters):
    rig = make_rig(autostart=False, **parameters)
    rig.tracker.trigger_configure()
    return rig


def wait_for(rig, log, text, lines=None):
    """Wait for a line on the console, where rclpy logs; the list gets what is printed."""
    lines = [] if lines is None else lines

    def told():
        lines.append(log.readouterr().err)
        return any('[WARN]' in line and text in line for line in ''.join(lines).splitlines())

    rig.spin_until(told, f'"{text}"')


def by_parameter(rig, text):
    rig.tracker.set_parameters([Parameter('prompts', value=text)])


def by_service(rig, text):
    prompts = [Prompt(concept=text)] if text else []
    request = SetPrompts.Request(prompts=prompts)
    assert rig.call(SetPrompts, '/tracker/set_prompts', request).success


def by_topic(rig, text):
    keyboard = rig.probe.create_publisher(String, '/tracker/prompt', 5)
    rig.spin_until(keyboard.get_subscription_count, 'the tracker to read')
    keyboard.publish(String(data=text))


def test_at_the_start(make_rig, capfd):
    wait_for(configured(make_rig, prompts='red gizmo'), capfd, UNKNOWN)
    wait_for(configured(make_rig, prompts=['']), capfd, NONE)


@pytest.mark.parametrize('way', [by_parameter, by_service, by_topic])
def test_while_it_runs(make_rig, capfd, way):
    rig = configured(make_rig)
    way(rig, 'red gizmo')
    wait_for(rig, capfd, UNKNOWN)
    if way is not by_topic:  # which takes no empty line
        way(rig, '')
        wait_for(rig, capfd, NONE)


def test_what_is_repeated_is_logged_once(make_rig, capfd):
    rig = configured(make_rig)
    refused = []
    keyboard = rig.probe.create_publisher(String, '/tracker/prompt', 50)
    rig.spin_until(keyboard.get_subscription_count, 'the tracker to read')
    for _ in range(5):
        keyboard.publish(String(data='x' * 300))
        rig.spin_for(0.05)
    keyboard.publish(String(data='blue gizmo'))
    wait_for(rig, capfd, UNKNOWN, refused)
    assert sum('Prompt refused' in line for line in ''.join(refused).splitlines()) == 1
