"""A plan is refused where a row has no place, and its commands say what follows what."""

from __future__ import annotations

from pathlib import Path

import pytest
from toy_proof import SHIPPED

from training.proof.plan import ProofPlan
from training.proof.rows import Rows
from training.proof.settings import settings_of_rows
from training.settings.reading import ConfigError

SMALL = """
stages: {{stage1: {{config: one.yaml}}, stage3: {{config: three.yaml}}}}
shared: ['size={size}']
values: {{size: 224}}
rows:
  encoder: {{stage: stage1, settings: ['data.sa1b={{out}}/masks']}}
  whole: {{stage: stage3, after: [encoder]}}
  {more}
"""


def small(tmp_path, more='joined: {after: [encoder]}', size='{size}'):
    path = tmp_path / 'plan.yaml'
    path.write_text(SMALL.format(more=more, size=size))
    return ProofPlan.load(path)


def test_a_row_begins_with_the_best_weights_of_those_that_it_names(tmp_path):
    rows = Rows(small(tmp_path), Path('/o'), 2)
    step = rows.training('whole')
    assert step.module == 'training.stage3'
    best = '/o/seed_2/row_encoder/run/best.pt'
    assert f'initialize_from=[{best}]' in step.words and 'seed=2' in step.words
    assert rows.weights('whole') == [Path(best), Path('/o/seed_2/row_whole/run/best.pt')]
    # What only joins others trains nothing and consists of theirs.
    assert rows.training('joined') is None and rows.weights('joined') == [Path(best)]


def test_values_and_the_folder_stand_in_the_words(tmp_path):
    words = Rows(small(tmp_path), Path('/o'), 1).training('encoder').words
    assert 'size=224' in words and 'data.sa1b=/o/masks' in words


@pytest.mark.parametrize(
    ('more', 'message'),
    [
        ('late: {after: [later]}', 'begins with later, which is not above'),
        ('teacher: {stage: stage1}', 'the name of the teacher'),
        ('memory: {stage: stage2}', 'no stage'),
        ('idle: {}', 'trains a stage, or names rows'),
        ('odd: {stage: stage4}', 'not stage4'),
    ],
)
def test_a_row_without_a_place_is_refused(tmp_path, more, message):
    with pytest.raises(ConfigError, match=message):
        small(tmp_path, more)


def test_the_shipped_plan_fits_the_time_that_it_promises(tmp_path):
    plan = ProofPlan.load(SHIPPED)
    assert len(plan.seeds) >= 2 and plan.budget <= 40
    teacher = plan.minutes['teacher'] + plan.minutes['tracker of the teacher']
    assert teacher <= 180
    assert set(plan.minutes) == {step.name for step in plan.prepare}


def test_rows_of_two_students_are_refused_before_any_is_trained(tmp_path):
    shipped = Path(__file__).parents[3] / 'training/configs/proof/plan.yaml'
    plan = ProofPlan.load(shipped)
    rows = Rows(plan, tmp_path, 1)
    assert {own.student.name for own in settings_of_rows(rows).values()} == {'es_ev_s'}
    plan.rows['stage 1, features alone'].settings.append('student.name=es_rv_m')
    with pytest.raises(
        ConfigError, match='"stage 1, features alone" trains es_rv_m, "stage 1" es_ev_s'
    ):
        settings_of_rows(rows)
