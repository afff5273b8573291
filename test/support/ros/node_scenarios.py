"""What a node is to do from start to end, whoever started its process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from node_process import ACTIVATE, CONFIGURE, DEACTIVATE, OBJECTS, TRACKER, Probe
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import SetParameters
from rclpy.qos import QoSProfile
from scripted_engine import painted_frame
from sensor_msgs.msg import Image
from table_view import BOX, MUG, View

from efficientsam3_ros.core.messages.image_codec import fill_image
from efficientsam3_ros.msg import InstanceArray, Prompt
from efficientsam3_ros.srv import SetPrompts

FEW = 3
"""Results that are waited for in each part of a scenario."""


@dataclass(frozen=True)
class Scenario:
    """A node and what it is to do.

    Attributes:
        program: As of ``node_process.command``.
        node: Name of the node.
        play: Walks it from unconfigured to inactive; the process is then ended by SIGTERM.
    """

    program: str
    node: str
    play: Callable[[Probe], None]


class Camera:
    """Publishes sets of messages of equal stamps while the probe spins; keeps the answers.

    Args:
        probe: Spins.
        make: Topic to what makes its message of a stamp, seconds.
        answers: Type and topic of what the node makes of them.
    """

    def __init__(
        self, probe: Probe, make: Mapping[str, Callable[[float], Any]], answers: tuple[Any, str]
    ) -> None:
        self._probe, self._make, node = probe, make, probe.node
        self._publishers = {
            topic: node.create_publisher(type(message(0.0)), topic, QoSProfile(depth=5))
            for topic, message in make.items()
        }
        self.answers: list[Any] = []
        self.sent: list[Any] = []
        node.create_subscription(*answers, self.answers.append, QoSProfile(depth=50))
        node.create_timer(0.05, self._publish)

    @property
    def listeners(self) -> int:
        """How many subscriptions the node has of all topics."""
        return sum(p.get_subscription_count() for p in self._publishers.values())

    def wait(self, accept: Callable[[Any], bool] = bool) -> list[Any]:
        """Return the first few answers from now on, whose headers were all sent by us."""
        begin = len(self.answers)

        def accepted() -> list[Any]:
            return [answer for answer in self.answers[begin:] if accept(answer)]

        self._probe.spin_until(lambda: len(accepted()) >= FEW, 'the answers')
        for answer in self.answers:
            assert answer.header in self.sent, 'a stamp or frame that no image had'
        return accepted()

    def _publish(self) -> None:
        if self.listeners < len(self._publishers):
            return
        stamp = 1.0 + 0.05 * len(self.sent)
        messages = {topic: make(stamp) for topic, make in self._make.items()}
        self.sent.append(next(iter(messages.values())).header)
        for topic, message in messages.items():
            self._publishers[topic].publish(message)


def tracker_camera(probe: Probe, node: str) -> Camera:
    """Return a camera that shows the tracker a red and a blue thing."""
    picture = painted_frame({'red': (10, 5, 20, 12), 'blue': (40, 20, 15, 15)}).rgb

    def image(stamp: float) -> Image:
        message = fill_image(Image(header=View().header(stamp)), picture, 'rgb8')
        message.header.frame_id = 'wrist_optical'
        return message

    return Camera(probe, {'image': image}, (InstanceArray, f'/{node}/instances'))


def objects_camera(probe: Probe, output: tuple[Any, str]) -> Camera:
    """Return camera and tracker for the objects node.

    Args:
        probe: Spins.
        output: Type and topic of the output that is heard.
    """
    view = View(MUG, BOX)
    make = {'image': view.image, 'depth': view.depth_image, 'camera_info': view.info}
    return Camera(probe, {**make, '/tracker/instances': view.instances}, output)


def play_tracker(probe: Probe) -> None:
    """Images in, results out, another prompt, and an end of it."""
    prompts = SetPrompts.Request(prompts=[Prompt(concept='red block')])
    probe.change(CONFIGURE)
    assert probe.call(SetPrompts, 'set_prompts', prompts).success
    camera = tracker_camera(probe, 'scene')
    probe.change(ACTIVATE)
    for result in camera.wait(lambda result: result.instances):
        assert [item.concept for item in result.instances] == ['red block']
    prompts.prompts = [Prompt(concept='blue block')]
    answer = probe.call(SetPrompts, 'set_prompts', prompts)
    assert answer.success, answer.message
    for result in camera.wait(lambda result: result.prompt_version == answer.prompt_version):
        assert [item.concept for item in result.instances] == ['blue block']
    _deactivate(probe, camera)


def play_objects(probe: Probe) -> None:
    """Images in, masks out, another target, and an end of it."""
    probe.change(CONFIGURE, ACTIVATE)
    camera = objects_camera(probe, (Image, '/scene/target_mask'))
    for phrase, box in (('mug', 1), ('box', 2)):
        value = ParameterValue(type=ParameterType.PARAMETER_STRING, string_value=phrase)
        change = [Parameter(name='target_phrase', value=value)]
        answer = probe.call(
            SetParameters, 'set_parameters', SetParameters.Request(parameters=change)
        )
        assert answer.results[0].successful
        wanted = ((View(MUG, BOX).labels == box) * 255).astype('uint8').tobytes()
        camera.wait(lambda mask, wanted=wanted: bytes(mask.data) == wanted)
    _deactivate(probe, camera)


def _deactivate(probe: Probe, camera: Camera) -> None:
    probe.change(DEACTIVATE)
    probe.spin_until(lambda: not camera.listeners, 'the node to let go of its topics')
    assert probe.state() == 'inactive'


SCENARIOS = {
    'tracker': Scenario(TRACKER, 'scene', play_tracker),
    'objects': Scenario(OBJECTS, 'scene', play_objects),
}
