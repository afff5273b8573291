"""Pictures with a detector's boxes: things without masks, and regions to ignore."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from efficientsam3_ros.core import Preprocess
from efficientsam3_ros.evaluation.anchor.coco_classes import COCO_CLASSES
from training.data.asking import Asker
from training.data.batch_builder import BatchBuilder, Limits
from training.data.pseudo_labels import read_labels
from training.data.sources.unlabeled import UnlabeledSource
from training.data.views.framing import WHOLE

CUP, BOTTLE, BOWL = (COCO_CLASSES.index(name) for name in ('cup', 'bottle', 'bowl'))


@pytest.fixture
def labels(tmp_path):
    boxes = [[CUP, 0.9, 0, 0, 32, 32], [BOTTLE, 0.4, 64, 0, 96, 32], [BOWL, 0.1, 0, 32, 32, 64]]
    pictures = {}
    for number in range(3):
        cv2.imwrite(str(tmp_path / f'{number}.png'), np.full((64, 96, 3), 90, np.uint8))
        pictures[f'{number}.png'] = boxes
    path = tmp_path / 'labels.json'
    path.write_text(json.dumps({'kind': 'pseudo labels of YOLOX', 'pictures': pictures}))
    return path


def test_a_sure_box_is_a_thing_and_an_unsure_one_is_ignored(labels, household, monkeypatch):
    source = UnlabeledSource(labels.parent, labels, household)
    monkeypatch.setattr(Asker, 'ask', lambda *_: ['cup', 'bottle', 'bowl', 'apple'])
    limits, rng = Limits(4, 0.001, 0.0), np.random.default_rng(0)
    builder = BatchBuilder(Preprocess(64, 96), Asker(household), limits, None, rng)
    builder.add(source.read(0, 1, rng), WHOLE)
    batch = builder.build(household.tokenizer(8))
    assert batch.positive.any(1).tolist() == [True, False, False, False]
    assert not batch.masked.any() and batch.masks.max() == 0
    assert batch.boxes[0].tolist() == pytest.approx([1 / 6, 1 / 4, 1 / 3, 1 / 2])
    corners = batch.ignored[:, [0, 0, 7], [0, 11, 0]]
    assert corners.tolist() == [[0, 1, 0], [0, 1, 0], [0, 1, 1], [0, 1, 0]]


def test_another_file_is_refused(tmp_path):
    path = tmp_path / 'other.json'
    path.write_text('{"kind": "something"}')
    with pytest.raises(ValueError, match=r'pseudo_labels'):
        read_labels(path)
