"""What is told of held-out pictures: the choice of a threshold, the table, the sheet."""

from __future__ import annotations

import cv2
import numpy as np
from own_export import write_json, write_pictures
import pytest
from scripted_engine import ColorEngine

from efficientsam3_ros.evaluation.scoring.operating_point import Datapoint
from training.data.own.export import open_export
from training.data.vocabulary import Vocabulary, VocabularyConfig
from training.finetune import held_out, sheet
from training.finetune.held_out import (
    OperatingChoice,
    answers_of,
    asked_pictures,
    choose,
    comparison,
    questions,
)
from training.finetune.sheet import draw_sheet


def point(*scores: float, right: int = 1, presence: float = 1.0) -> Datapoint:
    """Return answers with falling scores to one object; the first ``right`` ones find it."""
    iou = np.zeros((len(scores), 1))
    iou[:right] = 0.9
    return Datapoint(True, presence, np.array(scores, np.float32), iou)


def absent(*scores: float, presence: float = 1.0) -> Datapoint:
    return Datapoint(False, presence, np.array(scores, np.float32), np.zeros((len(scores), 0)))


def test_a_threshold_is_chosen_that_leaves_absent_nouns_empty():
    answers = {'bolt': [point(0.8), point(0.7), absent(0.4)], 'nut': [absent(0.5)]}
    choice = choose(answers)
    assert choice is not None and 0.5 < choice.threshold <= 0.7
    assert choose({'bolt': [point(0.8), point(0.7)]}) is None


def test_the_table_tells_new_nouns_from_known_ones():
    after = {'bolt': [point(0.8), point(0.2, right=1)], 'mug': [point(0.8, 0.7)]}
    before = {'mug': [point(0.3)]}
    table = comparison(
        (before, OperatingChoice(0.5, 1.0)), (after, OperatingChoice(0.5, 1.0)), ['bolt']
    )
    rows = [[cell.strip() for cell in line.split('|')[1:-1]] for line in table.splitlines()[2:]]
    assert rows == [
        ['bolt', 'new', '2', '-', '50 %', '-', '100 %'],
        ['mug', '', '1', '0 %', '100 %', '-', '50 %'],
    ]


@pytest.fixture
def export(tmp_path):
    """Return pictures of red and blue things; two are held out."""
    pictures = {
        f'p{n}': [('red mug', (6, 6, 20, 16)), *([('blue block', (36, 24, 20, 16))] * (n % 2))]
        for n in range(10)
    }
    write_pictures(tmp_path / 'own', pictures)
    write_json(tmp_path / 'own' / 'a.json', pictures)
    return open_export(tmp_path / 'own')


def test_a_bundle_is_asked_on_held_out_pictures(export, tmp_path, monkeypatch):
    for module in (held_out, sheet):
        monkeypatch.setattr(module, 'load_engine', lambda *_, **__: ColorEngine())
    vocabulary = Vocabulary.of(VocabularyConfig('simulated', ['red mug', 'blue block']))
    asked = questions(export, vocabulary)
    pictures = asked_pictures(export, asked)
    assert [picture.concepts for picture in pictures] == [('red mug', 'blue block')] * 2
    answers = answers_of(tmp_path, pictures, 1)
    assert [own.iou.shape for own in answers['blue block']] == [(0, 0), (1, 1)]
    assert answers['red mug'][0].iou[0, 0] == 1
    draw_sheet(tmp_path / 'sheet.png', tmp_path, pictures, 1)
    drawn = cv2.imread(str(tmp_path / 'sheet.png'))
    assert drawn.shape == (300, 800, 3) and (drawn == 255).all(2).any()
