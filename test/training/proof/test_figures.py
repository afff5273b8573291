"""Figures of rows, their intervals, and differences on the same draws of scenes."""

from __future__ import annotations

import math

import pytest

from efficientsam3_ros.evaluation.metrics.mean_iou import OverlapCounts
from training.proof.figures import Scores, difference, figure_of
from training.proof.plan import Expectation, ProofPlan, ProofRow, StagePlan
from training.proof.rows import SCORES, Rows
from training.proof.table import collect, write_table
from training.settings.reading import ConfigError


def scores(ious, row='a', seed=1, gmac=1.0, prefix='s'):
    """Return a row with a picture of one mask for each IoU."""
    boxes = {
        f'{prefix}{n}': tuple(OverlapCounts(iou, 1).vector().tolist())
        for n, iou in enumerate(ious)
    }
    return Scores(row, seed, gmac, None, 90.0, 0.5, {'boxes': boxes, 'clips': {}})


def test_a_figure_is_that_of_all_scenes_of_all_seeds():
    found = figure_of([scores([0.2, 0.6]), scores([0.4, 0.8], seed=2)], 'box_miou')
    assert found.value == pytest.approx(50)
    # Of two scenes a draw may take one twice: 30 or 70.
    assert (found.low, found.high) == (pytest.approx(30), pytest.approx(70))


def test_what_was_not_scored_has_no_figure():
    assert figure_of([scores([0.5, 0.5])], 'jf') is None
    assert figure_of([scores([0.5, 0.5])], 'memory_tokens') is None
    assert math.isnan(figure_of([scores([0.5])], 'box_miou').low)


def test_differences_are_of_the_same_scenes():
    """Scenes differ much and rows little: only paired draws tell the rows apart."""
    easy = [0.1 * n for n in range(10)]
    better = [iou + 0.02 for iou in easy]
    found = difference([scores(better, 'b')], [scores(easy)], 'box_miou', 1.0, 0.0)
    assert found.value == pytest.approx(2)
    assert found.low == pytest.approx(2) and found.high == pytest.approx(2)
    single = figure_of([scores(better)], 'box_miou')
    assert single.low < figure_of([scores(easy)], 'box_miou').high
    shared = difference([scores(better, 'b')], [scores(easy)], 'box_miou', 0.5, 3.0)
    assert shared.value == pytest.approx(47 - 0.5 * 45 - 3)


def test_rows_that_saw_other_scenes_are_not_compared():
    with pytest.raises(ConfigError, match='scored on other scenes'):
        difference([scores([0.1])], [scores([0.1], 'b', prefix='t')], 'box_miou', 1.0, 0.0)


def test_scores_come_back_from_their_file(tmp_path):
    written = scores([0.25, 0.75])
    written.write(tmp_path / SCORES)
    assert Scores.read(tmp_path / SCORES) == written
    (tmp_path / SCORES).write_text('{}')
    with pytest.raises(ConfigError, match='delete it to score again'):
        Scores.read(tmp_path / SCORES)


def test_the_table_tells_what_is_met_and_what_is_not_there_yet(tmp_path):
    plan = ProofPlan(
        stages={'stage1': StagePlan('x.yaml')},
        rows={'good': ProofRow('stage1'), 'bad': ProofRow('stage1'), 'late': ProofRow('stage1')},
        seeds=[1],
        expected=[
            Expectation('good', 'box_miou', 'bad', beyond_interval=True),
            Expectation('bad', 'box_miou', 'good', share=0.9),
            Expectation('good', 'gmac', 'bad', share=0.5),
            Expectation('late', 'box_miou', 'good'),
        ],
    )
    for name, ious in (('good', [0.8, 0.9]), ('bad', [0.5, 0.6])):
        path = Rows(plan, tmp_path, 1).place(name) / SCORES
        path.parent.mkdir(parents=True)
        scores(ious, name).write(path)
    table = collect(plan, tmp_path)
    assert [each.met for each in table.verdicts] == [True, False, True, None]
    text = write_table(table, tmp_path, 'toy')
    lines = {line.split('|')[1].strip(): line for line in text.splitlines() if '|' in line}
    assert 'late' not in lines and '85 [80, 90]' in lines['good']
    assert lines['box mIoU: good >= bad, beyond the interval'].rstrip(' |').endswith('yes')
    assert lines['box mIoU: bad >= 0.9 x good'].rstrip(' |').endswith('NO')
