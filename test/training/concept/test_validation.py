"""What a validation says of answers that are known, and of oracles."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from efficientsam3_ros.evaluation.scoring.operating_point import Datapoint
from training.concept.oracles import true_masks, true_presence, true_scores
from training.concept.validation import figures, iou_of
from training.settings.reading import ConfigError


def point(presence: float, matches: list[float], iou: list[list[float]], truths: int) -> Datapoint:
    table = np.array(iou, float).reshape(len(matches), truths)
    return Datapoint(truths > 0, presence, np.array(matches, np.float32), table)


RIGHT = point(0.9, [0.9], [[1.0]], 1)
SILENT = point(0.1, [0.9], [[]], 0)


def test_right_answers_score_one_and_every_oracle_too():
    found = figures([RIGHT, SILENT])
    names = ('cgf1', 'il_mcc', 'pmf1', 'oracle_presence', 'oracle_score', 'oracle_masks')
    for name in names:
        assert found[f'val_{name}'] == pytest.approx(1, abs=1e-3), name
    assert 0.09 < found['val_threshold'] <= 0.81


def test_each_oracle_repairs_its_own_fault():
    # Presence says yes where nothing is.
    lost = figures([RIGHT, point(0.9, [0.95], [[]], 0)])
    assert lost['val_cgf1'] < 0.1 and lost['val_oracle_presence'] > 0.99
    # A wrong query is surer than the right one.
    lost = figures([point(0.9, [0.9, 0.5], [[0.0], [1.0]], 1), SILENT])
    assert lost['val_cgf1'] < 0.7 and lost['val_oracle_score'] > 0.99
    # The right one is drawn badly.
    lost = figures([point(0.9, [0.9], [[0.6]], 1), SILENT])
    assert lost['val_cgf1'] < 0.4 and lost['val_oracle_masks'] > 0.99


def test_oracles_by_hand():
    two = point(0.3, [0.9, 0.8, 0.7], [[0.1, 0.0], [0.0, 0.0], [0.8, 0.3]], 2)
    assert true_presence(two).presence == 1 and true_presence(SILENT).presence == 0
    # The third is the first thing; the others overlap nothing that is left.
    scores = true_scores(two)
    assert scores.iou.tolist() == [[0.8, 0.3]] and scores.matches.tolist() == [1]
    assert true_scores(SILENT) is SILENT
    assert true_masks(two).iou.tolist() == [[0, 0], [0, 0], [1, 0]]


def test_iou_of_masks_by_hand():
    logits = torch.tensor([[[1.0, 1.0, -1.0, -1.0]], [[-1.0, -1.0, -1.0, -1.0]]])
    truth = torch.tensor([[[0.0, 1.0, 1.0, 0.2]], [[1.0, 1.0, 0.0, 0.0]]])
    assert iou_of(logits, truth).tolist() == [[pytest.approx(1 / 3), 1.0], [0, 0]]


def test_pictures_on_which_everything_is_there_are_refused():
    with pytest.raises(ConfigError, match='with and without instances'):
        figures([RIGHT])
