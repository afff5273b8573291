from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')

from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState
from efficientsam3_ros.nodes.tracker import outputs, vision
from efficientsam3_ros.nodes.tracker.settings import NodeSettings
from efficientsam3_ros.nodes.tracker.vision import fill_detections, fill_label_info
from efficientsam3_ros.tracking.live.track_events import TrackEvents


class Blank(SimpleNamespace):
    """A message whose fields come into being when they are named."""

    def __getattr__(self, name):
        value = Blank()
        setattr(self, name, value)
        return value


KINDS = ('Detection2DArray', 'Detection2D', 'ObjectHypothesisWithPose', 'LabelInfo', 'VisionClass')
MESSAGES = SimpleNamespace(**{kind: type(kind, (Blank,), {}) for kind in KINDS})


def two_mugs():
    mask = np.zeros((20, 30), bool)
    mask[4:10, 6:20] = True
    seen = Instance(12, 1, 'red mug', 0.75, Rle.encode(mask), TrackState.TRACKED)
    hidden = Instance(13, 2, 'red mug', 0.5, Rle.empty(20, 30), TrackState.OCCLUDED)
    return FrameResult(0, '', 20, 30, 1, (seen, hidden))


def test_boxes_ids_and_concepts():
    header = object()
    message = fill_detections(MESSAGES, two_mugs(), header)
    (item,) = message.detections
    assert (item.id, item.header, message.header) == ('12', header, header)
    assert (item.bbox.center.position.x, item.bbox.center.position.y) == (13.0, 7.0)
    assert (item.bbox.size_x, item.bbox.size_y) == (14.0, 6.0)
    assert item.results[0].hypothesis.class_id == 'red mug'
    assert item.results[0].hypothesis.score == 0.75


def test_label_info_names_the_concept_of_every_label():
    header = object()
    info = fill_label_info(MESSAGES, two_mugs(), header, 0.4)
    assert (info.header, info.threshold) == (header, 0.4)
    assert [(entry.class_id, entry.class_name) for entry in info.class_map] == [
        (1, 'red mug'), (2, 'red mug')
    ]  # fmt: skip


class FakeNode:
    """Makes publishers that keep what they publish, and that somebody hears or nobody."""

    context = None

    def __init__(self, heard):
        self.heard, self.made, self.sent = heard, {}, {}

    def create_lifecycle_publisher(self, kind, topic, qos):
        self.made[topic] = kind
        return SimpleNamespace(
            get_subscription_count=lambda: int(self.heard),
            publish=lambda message: self.sent.setdefault(topic, []).append(message),
        )

    create_publisher = create_lifecycle_publisher


@pytest.mark.parametrize('heard', [True, False])
def test_where_vision_msgs_is_installed_its_topics_are_served_while_heard(monkeypatch, heard):
    monkeypatch.setattr(outputs, 'vision_messages', lambda: MESSAGES)
    monkeypatch.setattr(outputs, 'fill_image', lambda message, *_: message)
    node = FakeNode(heard)
    made = outputs.Outputs(node, NodeSettings(overlay_rate=0.0), TrackEvents(set))
    assert node.made['~/label_info'] is MESSAGES.LabelInfo
    assert node.made['~/detections'] is MESSAGES.Detection2DArray
    made.threshold = 0.25
    header = outputs.Image().header
    made.publish(header, None, two_mugs())
    assert ('~/label_info' in node.sent) == ('~/detections' in node.sent) == heard
    if heard:
        assert node.sent['~/label_info'][0].threshold == 0.25


def test_there_is_no_label_info_without_label_image_or_vision_msgs(monkeypatch):
    for messages, offered in ((MESSAGES, False), (None, True)):
        monkeypatch.setattr(outputs, 'vision_messages', lambda messages=messages: messages)
        node = FakeNode(True)
        outputs.Outputs(node, NodeSettings(publish_label_image=offered), TrackEvents(set))
        assert '~/label_info' not in node.made


def test_vision_messages_are_none_where_they_are_not_installed(monkeypatch):
    monkeypatch.setattr(vision, 'find_spec', lambda name: None)
    assert vision.vision_messages() is None
