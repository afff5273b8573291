"""Two cameras with tracker and objects node each, in one process and one ROS domain."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from diagnostic_msgs.msg import DiagnosticArray  # noqa: E402
from node_process import Probe  # noqa: E402
from node_rig import colored_image  # noqa: E402
from rcl_interfaces.srv import SetParameters  # noqa: E402
from rclpy.context import Context  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from scripted_engine import ColorEngine  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402

from efficientsam3_ros.msg import InstanceArray, Prompt  # noqa: E402
from efficientsam3_ros.nodes.objects.objects_node import ObjectsNode  # noqa: E402
from efficientsam3_ros.nodes.tracker.tracker_node import TrackerNode  # noqa: E402
from efficientsam3_ros.srv import GetPrompts, SetPrompts  # noqa: E402

pytestmark = pytest.mark.dds

SIDES = ('left', 'right')
BOTH = {'red': (5, 5, 20, 12), 'blue': (35, 5, 20, 12)}


class Pair:
    """Nodes of two cameras, all of one context and executor, and a probe of its own."""

    def __init__(self):
        self.context = Context()
        rclpy.init(context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.trackers = {side: self._tracker(side) for side in SIDES}
        self.objects = {side: ObjectsNode(context=self.context, namespace=side) for side in SIDES}
        self.nodes = [*self.trackers.values(), *self.objects.values()]
        for node in self.nodes:
            self.executor.add_node(node)
        self.probe = Probe('', lambda: True)
        self.results = {side: [] for side in SIDES}
        self.cameras = {}
        for side in SIDES:
            heard = self.results[side].append
            self.probe.node.create_subscription(
                InstanceArray, f'/{side}/tracker/instances', heard, 50
            )
            self.cameras[side] = self.probe.node.create_publisher(Image, f'/{side}/image', 5)

    def _tracker(self, side):
        given = [Parameter('prompts', value=['red block'])]
        return TrackerNode(
            engine_loader=lambda *_: ColorEngine(),
            context=self.context,
            namespace=side,
            parameter_overrides=[*given, Parameter('diagnostics_period', value=0.1)],
        )

    def close(self):
        self.probe.__exit__()
        self.executor.shutdown()
        for node in self.nodes:
            node.close()
            node.destroy_node()
        rclpy.shutdown(context=self.context)

    def until(self, done, what):
        def spun():
            self.executor.spin_once(timeout_sec=0.01)
            return done()

        self.probe.spin_until(spun, what)

    def call(self, kind, name, request):
        client = self.probe.node.create_client(kind, name)
        self.until(client.service_is_ready, name)
        future = client.call_async(request)
        self.until(future.done, name)
        return future.result()

    def show(self, side, sec):
        """Show one camera both things; return the concepts that its tracker finds."""
        camera, heard = self.cameras[side], self.results[side]
        self.until(lambda: self._connected(side), f'the nodes of {side}')
        camera.publish(colored_image(BOTH, sec))
        self.until(lambda: heard and heard[-1].header.stamp.sec == sec, f'the result of {side}')
        return [item.concept for item in heard[-1].instances]

    def _connected(self, side):
        """Tell whether both nodes hear the camera, and objects node and probe the tracker."""
        node, topic = self.probe.node, f'/{side}/tracker/instances'
        listeners = node.get_subscriptions_info_by_topic(f'/{side}/image')
        counts = [
            publisher.get_subscription_count()
            for publisher in self.trackers[side].publishers
            if publisher.topic_name == topic
        ]
        # A subscription is made anew where its reliability changes.
        known = self.cameras[side].get_subscription_count() == len(listeners)
        return known and len({item.node_name for item in listeners}) == 2 and counts == [2]


@pytest.fixture
def pair():
    pair = Pair()
    yield pair
    pair.close()


def test_images_prompts_parameters_and_reports_of_two_cameras_do_not_mix(pair):
    assert [pair.show(side, 1) for side in SIDES] == [['red block']] * 2
    request = SetPrompts.Request(prompts=[Prompt(concept='blue block')])
    assert pair.call(SetPrompts, '/right/tracker/set_prompts', request).success
    change = [Parameter('max_age', value=1e3).to_parameter_msg()]
    answer = pair.call(
        SetParameters, '/left/tracker/set_parameters', SetParameters.Request(parameters=change)
    )
    assert answer.results[0].successful
    trackers = [pair.trackers[side] for side in SIDES]
    assert [node.get_parameter('max_age').value for node in trackers] == [1e3, 0.0]
    pair.trackers['left'].set_parameters([Parameter('max_age', value=0.0)])
    told = {}
    for side in SIDES:
        found = pair.call(GetPrompts, f'/{side}/tracker/get_prompts', GetPrompts.Request())
        told[side] = [prompt.concept for prompt in found.prompts]
        assert pair.show(side, 2) == told[side]
    assert told == {'left': ['red block'], 'right': ['blue block']}
    # Each has processed its own images alone.
    assert [len(pair.results[side]) for side in SIDES] == [2, 2]


def test_parameters_and_topics_are_those_of_the_namespace(pair):
    pair.until(lambda: all(node.is_active for node in pair.objects.values()), 'activation')
    change = [Parameter('target_phrase', value='mug').to_parameter_msg()]
    request = SetParameters.Request(parameters=change)
    assert pair.call(SetParameters, '/left/objects/set_parameters', request).results[0].successful
    phrases = [pair.objects[side].settings.target_phrase for side in SIDES]
    assert phrases == ['mug', '']
    for side in SIDES:
        topics = pair.objects[side].session.topics
        assert topics.instances == f'/{side}/tracker/instances'
        assert (topics.image.name, topics.depth.name) == (f'/{side}/image', f'/{side}/depth')


def test_reports_tell_the_nodes_apart(pair):
    names = set()

    def heard(report):
        names.update(status.name for status in report.status)

    pair.probe.node.create_subscription(DiagnosticArray, '/diagnostics', heard, 50)
    wanted = {f'{side}/{name}: {name}' for side in SIDES for name in ('tracker', 'objects')}
    pair.until(lambda: names >= wanted, 'all reports')
    assert names == wanted
