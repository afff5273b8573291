"""Threshold and gate are chosen where they serve best, by labels or by the teacher's answers."""

from __future__ import annotations

import json
from types import SimpleNamespace

from installed import needs
import numpy as np
import pytest
from tiny_stage1 import tiny_students
from tiny_stage3 import run_config, trainer
import torch

from efficientsam3_ros.engine import find_bundle
from efficientsam3_ros.evaluation.scoring.operating_point import Datapoint
from efficientsam3_ros.model.student import sam3_preprocess
from training import calibrate_student
from training.calibrate_student import held_out_points
from training.concept.calibration import choose, told_by
from training.concept.data.draw import ConceptDraw
from training.concept.data.frames import open_pictures
from training.runtime.best import BEST
from training.settings.reading import ConfigError
from training.teacher.protocol import TeacherDetections


def point(presence: float, match: float, truths: int) -> Datapoint:
    iou = np.ones((1, truths))
    return Datapoint(truths > 0, presence, np.array([match], np.float32), iou)


def test_an_unsure_presence_is_told_to_count_less():
    # Presence is low everywhere; scores alone tell right from wrong.
    points = [point(0.2, 0.9, 1), point(0.2, 0.85, 1), point(0.2, 0.3, 0), point(0.3, 0.35, 0)]
    found = choose(points, (0.5, 1.0))
    assert found.before.cgf1 < 0.01 and found.chosen.cgf1 > 0.99 and found.questions == 4
    with pytest.raises(ConfigError, match='decide nothing'):
        choose(points[:2], (0.5, 1.0))


def test_the_teachers_sure_answers_stand_for_labels(saco):
    draw = ConceptDraw(sam3_preprocess(112), context=16, grid=32, phrases=3, negatives=0.5)
    batch = draw(open_pictures(saco)[0].read(), np.random.default_rng(0))
    logits = torch.tensor([[4.0, -4.0], [4.0, 4.0], [4.0, 4.0]])
    told = TeacherDetections(
        logits=logits,
        presence=torch.tensor([4.0, 4.0, -4.0]),
        boxes=torch.rand(3, 2, 4),
        mask_logits=torch.randn(3, 2, 32, 32),
        semantic_logits=torch.zeros(3, 32, 32),
    )
    teacher = SimpleNamespace(
        encode_image=lambda images: SimpleNamespace(levels=(images, images, images)),
        detect=lambda features, prompts: told,
    )
    (answered,) = told_by(teacher, [batch])
    (truth,) = answered.truths
    # The third phrase is absent, whatever its queries say; the first has one sure query.
    expected = [[True, False, False], [False, True, True], [False, False, False]]
    assert truth.positive.tolist() == expected and truth.phrases == batch.truths[0].phrases
    assert torch.equal(truth.boxes, told.boxes[[0, 1, 1], [0, 0, 1]])
    assert torch.equal(truth.masks, (told.mask_logits[[0, 1, 1], [0, 0, 1]] > 0).float())


@needs('transformers')
def test_a_runs_own_held_out_pictures_are_asked(sam3_folder, saco, tmp_path, monkeypatch):
    run = trainer(run_config(sam3_folder, saco), tmp_path / 'run')
    with tiny_students():
        with pytest.raises(calibrate_student.WeightError, match='first validation'):
            held_out_points(tmp_path / 'run', 'labels')
        torch.save(run.best_entries(), tmp_path / 'run' / BEST)
        labels = held_out_points(tmp_path / 'run', 'labels')
        teacher = held_out_points(tmp_path / 'run', 'teacher')
    # Two pictures, three phrases each, of which the labels affirm two.
    assert [item.iou.shape[1] for item in labels].count(1) == 4 and len(labels) == 6
    assert len(teacher) == 6
    same = [a.presence == b.presence for a, b in zip(labels, teacher)]
    assert all(same)


def test_the_choice_is_written_into_a_new_bundle(tmp_path, monkeypatch, capsys):
    points = [point(0.2, 0.9, 1), point(0.2, 0.3, 0)]
    monkeypatch.setattr(calibrate_student, 'held_out_points', lambda run, on: points)
    words = ['nano', '--run', str(tmp_path / 'run')]
    assert calibrate_student.main(words) == 2
    assert '--dry-run' in capsys.readouterr().err
    assert calibrate_student.main([*words, '--out', str(tmp_path / 'new')]) == 0
    old, new = (
        json.loads((folder / 'manifest.json').read_text())
        for folder in (find_bundle('nano'), tmp_path / 'new')
    )
    assert 0.3 < new['threshold'] <= 0.9 and new['graphs'] == old['graphs']
    assert '2 questions' in capsys.readouterr().out


def test_what_is_no_share_is_refused(tmp_path, capsys):
    words = ['nano', '--run', str(tmp_path), '--dry-run', '--min-absent', '2']
    assert calibrate_student.main(words) == 2
    assert 'is a share' in capsys.readouterr().err
