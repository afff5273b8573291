"""Messages of every input, damaged in every way: the node lives, and says what is wrong."""

from __future__ import annotations

import os
from random import Random
import time

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from damage import BINARY  # noqa: E402
import numpy as np  # noqa: E402
from rclpy.serialization import serialize_message  # noqa: E402
from sensor_msgs.msg import CameraInfo  # noqa: E402
from table_view import BOX, MUG, View  # noqa: E402

from efficientsam3_ros import msg, srv  # noqa: E402
from efficientsam3_ros.nodes.objects.outputs.publishers import Outputs  # noqa: E402

pytestmark = pytest.mark.dds

SEED = 7
TRIALS = int(os.environ.get('EFFICIENTSAM3_TRIALS', '1000'))
ENCODINGS = ('16UC1', '32FC1', 'mono16', 'rgb8', 'bgr8', 'nv21', '', 'none', '8UC7', 'x' * 500)
SIZES = (0, 1, 3, 60, 80, 81, 10_000, 2**32 - 1)
NUMBERS = (float('nan'), float('inf'), -float('inf'), -1.0, 0.0, 1e-30, 1e300, 3.0)
TEXTS = ('', 'base_link', 'x' * 5000, '赤い', '\x1b[31m', FRAME := 'camera_color_optical_frame')


class SmallView(View):
    """The same at a quarter of the size."""

    def __init__(self):
        super().__init__(MUG, BOX)
        self.depth = np.ascontiguousarray(self.depth[::4, ::4])
        self.labels = np.ascontiguousarray(self.labels[::4, ::4])

    def info(self, stamp):
        info = super().info(stamp)
        info.height, info.width = self.labels.shape
        info.k = [value / 4 for value in info.k[:8]] + [1.0]
        return info


def some(random, share=0.3):
    return random.random() < share


def damage_header(message, random):
    if some(random):
        message.header.frame_id = random.choice(TEXTS)
    if some(random, 0.1):
        message.header.stamp.sec = random.choice((0, -5, 2**31 - 1))
        message.header.stamp.nanosec = random.choice((0, 2**32 - 1))


def damage_image(message, random):
    damage_header(message, random)
    for field in ('height', 'width', 'step'):
        if some(random, 0.15):
            setattr(message, field, random.choice(SIZES))
    if some(random):
        message.encoding = random.choice(ENCODINGS)
    message.is_bigendian = int(some(random, 0.1))
    if some(random):
        message.data = random.choice(BINARY)(bytes(message.data), random)


def damage_info(info, random):
    damage_header(info, random)
    for field in ('height', 'width'):
        if some(random, 0.15):
            setattr(info, field, random.choice(SIZES))
    if some(random):
        info.distortion_model = random.choice(('plumb_bob', 'equidistant', 'fisheye', *TEXTS))
    if some(random):
        info.d = [random.choice(NUMBERS) for _ in range(random.choice((0, 1, 4, 5, 8, 300)))]
    if some(random):
        values = list(info.k)
        values[random.randrange(9)] = random.choice(NUMBERS)
        info.k = values


def damage_instances(message, random):
    damage_header(message, random)
    for field in ('height', 'width'):
        if some(random, 0.1):
            setattr(message, field, random.choice(SIZES))
    for item in message.instances:
        if some(random):
            item.label = random.choice((0, 1, 2, 65535))
        if some(random):
            item.state = random.choice((0, 3, 9, 255))
        if some(random):
            runs = range(random.choice((0, 1, 3, 60)))
            item.counts = [random.choice((0, 1, 50, 2**32 - 1)) for _ in runs]
        if some(random):
            item.roi.x_offset = random.choice(SIZES)
        if some(random):
            item.roi.height = random.choice(SIZES)
        item.score = float(np.float32(min(random.choice(NUMBERS), 3e38)))
        item.concept = random.choice((item.concept, *TEXTS))
    if some(random, 0.1):
        message.instances = list(message.instances) * 40


DAMAGE = {
    'camera_info': damage_info,
    'image': damage_image,
    'depth': damage_image,
    'instances': damage_instances,
}


class Callbacks:
    """The node's callbacks, called as the executor calls them."""

    def __init__(self, rig):
        self.node = rig.node
        rig.spin_until(lambda: self.node.is_active, 'activation')
        rig.spin_for(0.1)

    def give(self, messages, random=None):
        """Hand over a set, perhaps with torn bytes, and wait until it was worked on."""
        session, images = self.node.session, self.node._inputs.images
        session.infos.add(messages['camera_info'])
        for name in ('image', 'depth'):
            data = serialize_message(messages[name])
            if random and some(random, 0.1):
                data = random.choice(BINARY[1:6])(data, random)
            images[name]._on_image(data)
        session.sources.instances.signalMessage(messages['instances'])
        while session._worker._slot:
            time.sleep(0.0005)
        session._worker.call(lambda: None).result(60)

    def ask(self, random):
        """Ask for targets of what was processed last."""
        request = srv.GetGraspTargets.Request(
            track_id=random.choice((0, 0, 11, 12, 2**32 - 1)),
            phrase=random.choice(('', 'mug', *TEXTS)),
            max_targets=random.choice((0, 1, 65535)),
            max_grasps=random.choice((0, 1, 3)),
        )
        response = self.node._target_services._get(request, srv.GetGraspTargets.Response())
        assert 'unexpectedly' not in response.message, response.message
        assert response.message and len(response.message) < 9000


def run(make_objects, monkeypatch, trials):
    monkeypatch.setenv('ROS_PYTHON_CHECK_FIELDS', '0')
    monkeypatch.setattr(Outputs, '_heard', lambda self, topic: topic in self._publishers)
    rig, view, wrong = make_objects(queue=5, grasp_samples=3), SmallView(), []
    callbacks, tally = Callbacks(rig), rig.node.session.tally
    for number in range(trials):
        random = Random(f'{SEED} {number}')
        messages = messages_of(view, 10.0 + number)
        for name in random.sample(sorted(DAMAGE), random.choice((1, 1, 2))):
            DAMAGE[name](messages[name], random)
        before = tally.last_fault
        try:
            callbacks.give(messages, random)
            if number % 10 == 0:
                callbacks.ask(random)
        except Exception as error:
            wrong.append(f'{number}: {error!r}')
        if 'unexpectedly' in tally.last_fault and before != tally.last_fault:
            wrong.append(f'{number}: {tally.last_fault}')
    assert not wrong, '\n'.join(wrong)
    assert tally.processed > trials / 20, 'nothing got through'
    assert tally.dropped.total() > trials / 20, 'nothing was refused'
    processed = tally.processed
    rig.node.session.synchronizer.clear()
    callbacks.give(messages_of(view, 10.0 + 2 * trials))
    assert tally.processed == processed + 1


def messages_of(view, stamp):
    return {
        'camera_info': view.info(stamp),
        'image': view.image(stamp),
        'depth': view.depth_image(stamp),
        'instances': view.instances(stamp),
    }


def test_the_node_survives_damaged_messages(make_objects, monkeypatch):
    run(make_objects, monkeypatch, 200)


@pytest.mark.slow
def test_the_node_survives_a_thousand_damaged_messages(make_objects, monkeypatch):
    run(make_objects, monkeypatch, TRIALS)


@pytest.mark.parametrize(
    ('kind', 'topic'), [(msg.InstanceArray, '/tracker/instances'), (CameraInfo, 'camera_info')]
)
def test_bytes_that_are_no_message_do_not_end_the_node(make_objects, kind, topic):
    rig, view = make_objects(), View(MUG)
    whole = serialize_message(view.info(1.0) if kind is CameraInfo else view.instances(1.0))
    publisher = rig.probe.create_publisher(kind, topic, 10)
    rig.spin_until(lambda: publisher.get_subscription_count() > 0, 'a listener')
    for length in (4, 10, len(whole) // 2, len(whole) - 5):
        publisher.publish(whole[:length])
    rig.spin_for(0.2)
    rig.see(view, 2.0)
    assert rig.node.session.tally.processed == 1
