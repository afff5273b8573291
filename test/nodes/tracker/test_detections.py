from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')

from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState
from efficientsam3_ros.nodes.tracker.outputs import fill_detections


class Blank(SimpleNamespace):
    """A message whose fields come into being when they are named."""

    def __getattr__(self, name):
        value = Blank()
        setattr(self, name, value)
        return value


MESSAGES = SimpleNamespace(
    Detection2DArray=Blank, Detection2D=Blank, ObjectHypothesisWithPose=Blank
)


def test_boxes_ids_and_concepts():
    mask = np.zeros((20, 30), bool)
    mask[4:10, 6:20] = True
    seen = Instance(12, 1, 'red mug', 0.75, Rle.encode(mask), TrackState.TRACKED)
    hidden = Instance(13, 2, 'red mug', 0.5, Rle.empty(20, 30), TrackState.OCCLUDED)
    header = object()
    result = FrameResult(0, '', 20, 30, 1, (seen, hidden))
    message = fill_detections(MESSAGES, result, header)
    (item,) = message.detections
    assert (item.id, item.header, message.header) == ('12', header, header)
    assert (item.bbox.center.position.x, item.bbox.center.position.y) == (13.0, 7.0)
    assert (item.bbox.size_x, item.bbox.size_y) == (14.0, 6.0)
    assert item.results[0].hypothesis.class_id == 'red mug'
    assert item.results[0].hypothesis.score == 0.75
