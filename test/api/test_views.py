"""Results as pictures and for supervision."""

import sys

import numpy as np
import pytest
from scripted_engine import painted_frame

import efficientsam3_ros as es3

FRAME = painted_frame({'red': (10, 6, 12, 10), 'blue': (40, 30, 10, 10)})


@pytest.fixture
def result(engine):
    with es3.Tracker(['green tool', 'blue block', 'red mug']) as tracker:
        return tracker.step(FRAME)


def test_drawing_leaves_the_image_alone(result):
    before = FRAME.rgb.copy()
    drawn = es3.draw(FRAME.rgb, result)
    assert (drawn.shape, drawn.dtype) == (before.shape, np.uint8)
    assert np.array_equal(FRAME.rgb, before)
    assert (drawn[10, 15] != before[10, 15]).any(), 'inside the mask'


def test_drawing_over_another_image_is_refused(result):
    with pytest.raises(ValueError, match='over its own source image'):
        es3.draw(FRAME.rgb[:-1], result)


def test_supervision_gets_boxes_masks_ids_and_names(result):
    supervision = pytest.importorskip('supervision', exc_type=ImportError)
    found = es3.to_supervision(result)
    assert isinstance(found, supervision.Detections)
    assert found.xyxy.tolist() == [list(item.box_xyxy) for item in result]
    assert found.mask.shape == (2, 48, 64)
    assert all(np.array_equal(mask, item.mask) for mask, item in zip(found.mask, result))
    assert found.confidence.tolist() == pytest.approx([0.9, 0.9])
    assert found.tracker_id.tolist() == [1, 2]
    assert found.class_id.tolist() == [1, 2], 'places among the prompts'
    assert found.data['class_name'].tolist() == ['blue block', 'red mug']
    assert found[found.class_id == 2].data['class_name'].tolist() == ['red mug']
    drawn = supervision.MaskAnnotator().annotate(FRAME.rgb.copy(), found)
    assert (drawn[10, 15] != FRAME.rgb[10, 15]).any()


def test_supervision_gets_an_empty_frame_with_the_same_columns(engine):
    pytest.importorskip('supervision', exc_type=ImportError)
    with es3.Tracker('green tool') as tracker:
        found = es3.to_supervision(tracker.step(FRAME))
    assert len(found) == 0
    assert found.mask.shape == (0, 48, 64)
    assert found.tracker_id.shape == (0,)


def test_without_supervision_the_remedy_is_named(result, monkeypatch):
    monkeypatch.setitem(sys.modules, 'supervision', None)
    with pytest.raises(ImportError, match='pip install supervision'):
        es3.to_supervision(result)
