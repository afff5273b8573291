"""Damaged messages: the node answers or says why, and the next sound image is tracked."""

from __future__ import annotations

import os
from random import Random
import time
from typing import Any

import cv2
from damage import BINARY
import numpy as np
import pytest
from trials import LONGEST_S, watchdog

pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')

from node_rig import NodeRig, colored_image
from rclpy.serialization import serialize_message
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import String

from efficientsam3_ros import msg, srv

SEED = 15
TRIALS = int(os.environ.get('EFFICIENTSAM3_TRIALS', '240'))
RED = {'red': (10, 6, 12, 10)}
ENCODINGS = ('rgb8', 'bgr8', 'mono8', 'mono16', 'rgb16', 'bayer_rggb8', 'yuv422', 'nv24', '32FC1')
ENCODINGS += ('', 'none', '8UC7', '16UC1; png compressed', 'x' * 500, 'jpeg', '\x1b[31m')
SIZES = (0, 1, 3, 48, 64, 65, 10_000, 2**32 - 1)
NUMBERS = (float('nan'), float('inf'), -1.0, 0.0, 0.5, 2.0, 1e300)


def image(random: Random) -> Image:
    message = colored_image(RED, random.choice((0, 1, 2**31 - 1, -5)))
    for field in random.sample(('height', 'width', 'step'), random.randrange(4)):
        setattr(message, field, random.choice(SIZES))
    if random.random() < 0.5:
        message.encoding = random.choice(ENCODINGS)
    if random.random() < 0.5:
        damage = random.choice(BINARY)
        message.data = damage(bytes(message.data), random)
    message.is_bigendian = random.randrange(2)
    message.header.stamp.nanosec = random.choice((0, 5, 2**32 - 1))
    return message


def compressed(random: Random) -> CompressedImage:
    message = CompressedImage(format=random.choice(('jpeg', 'png', *ENCODINGS)))
    suffix = random.choice(('.jpg', '.png', '.bmp', '.tiff', '.webp'))
    data = cv2.imencode(suffix, np.zeros((48, 64, 3), np.uint8))[1].tobytes()
    message.data = random.choice(BINARY)(data, random)
    return message


def prompt(random: Random) -> msg.Prompt:
    words = ('red mug', '', ' ', 'x' * 5000, 'red\x1b[31m', '赤い', ',;.', 'mug\n' * 99)
    message = msg.Prompt(concept=random.choice(words), threshold=_float(random))
    message.boxes = [_float(random) for _ in range(random.choice((0, 3, 4, 8, 400)))]
    message.box_labels = [random.choice((0, 1, 7)) for _ in range(random.choice((0, 1, 2, 100)))]
    message.points = [_float(random) for _ in range(random.choice((0, 1, 2, 2000)))]
    message.point_labels = [random.choice((0, 1)) for _ in range(random.choice((0, 1, 1000)))]
    return message


def _float(random: Random) -> float:
    return float(np.float32(min(random.choice(NUMBERS), 3e38)))


def set_prompts(random: Random) -> srv.SetPrompts.Request:
    request = srv.SetPrompts.Request(reset_tracks=random.random() < 0.5)
    request.prompts = [prompt(random) for _ in range(random.choice((0, 1, 2, 300)))]
    names = ('red mug', '', 'x' * 500, 'nobody')
    request.renamed_from = [random.choice(names) for _ in range(random.choice((0, 0, 1, 2)))]
    return request


def serialized(transport: str, random: Random) -> bytes:
    return serialize_message(image(random) if transport == 'raw' else compressed(random))


class Callbacks:
    """The node's callbacks, called as the executor calls them; ``said`` holds its warnings."""

    def __init__(self, rig: NodeRig) -> None:
        self.node, self.said = rig.tracker, []
        self.node._warn = lambda key, text: self.said.append((key, text))
        rig.spin_until(lambda: self.node._subscription is not None, 'activation')
        rig.spin_for(0.1)

    def image(self, data: bytes) -> None:
        """Give the node what arrived in an image's place, and wait until it was worked on."""
        pipeline = self.node._pipeline()
        self.node._subscription._on_image(data)
        while pipeline._worker._slot:
            time.sleep(0.001)
        pipeline.call(lambda tracker: None)

    def prompts(self, request: srv.SetPrompts.Request) -> srv.SetPrompts.Response:
        """Call ``~/set_prompts``."""
        return self.node._prompt_services._set(request, srv.SetPrompts.Response())


@pytest.mark.slow
@pytest.mark.dds
@pytest.mark.parametrize('transport', ['raw', 'compressed'])
def test_a_node_survives_every_message(transport, monkeypatch):
    monkeypatch.setenv('ROS_PYTHON_CHECK_FIELDS', '0')
    rig = NodeRig(image_transport=transport)
    wrong = []
    try:
        callbacks = Callbacks(rig)
        for number in range(TRIALS):
            random = Random(f'{SEED} messages {transport} {number}')
            try:
                with watchdog():
                    _one(callbacks, random, transport, number)
            except BaseException as error:
                wrong.append(f'{number}: {error!r}')
        unforeseen = [text for key, text in callbacks.said if key.startswith('failed')]
        assert not wrong and not unforeseen, '\n'.join([*wrong, *unforeseen])
        _check_it_lives(rig, callbacks, transport)
    finally:
        rig.close()


def _one(callbacks: Callbacks, random: Random, transport: str, number: int) -> None:
    start = time.monotonic()
    match number % 4:
        case 0:
            callbacks.image(serialized(transport, random))
        case 1:
            callbacks.image(random.choice(BINARY[1:6])(serialized(transport, random), random))
        case 2:
            response = callbacks.prompts(set_prompts(random))
            assert response.message and len(response.message) < 2000
        case _:
            text = random.choice(
                ('', ' ', ',' * 9, 'red mug', 'x' * 9999, 'a\x00b', 'mug,' * 99999)
            )
            callbacks.node._prompt_services._on_prompt(String(data=text))
    assert time.monotonic() - start < LONGEST_S


def _check_it_lives(rig: NodeRig, callbacks: Callbacks, transport: str) -> None:
    callbacks.node._pipeline().call(lambda tracker: tracker.reset())
    request = srv.SetPrompts.Request(prompts=[msg.Prompt(concept='red mug')], reset_tracks=True)
    assert callbacks.prompts(request).success
    published = []
    callbacks.node._session.pipeline._hooks = _recording(callbacks, published)
    sound = colored_image(RED, 2**31 - 1)
    if transport == 'compressed':
        bgr = np.frombuffer(bytes(sound.data), np.uint8).reshape(48, 64, 3)[..., ::-1]
        data = cv2.imencode('.png', bgr)[1].tobytes()
        sound = CompressedImage(header=sound.header, format='png', data=data)
    sound.header.stamp.nanosec = 999_999_999
    callbacks.image(serialize_message(sound))
    assert len(published) == 1 and len(published[0].instances) == 1


def _recording(callbacks: Callbacks, published: list[Any]) -> Any:
    from dataclasses import replace

    hooks = callbacks.node._session.pipeline._hooks
    return replace(hooks, publish=lambda header, frame, result: published.append(result))
