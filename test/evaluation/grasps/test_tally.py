"""Shares, intervals and tables of attempts."""

from __future__ import annotations

import math

import pytest

pytest.importorskip('mujoco')

from efficientsam3_ros.evaluation.grasps.summary import results_data, results_text
from efficientsam3_ros.evaluation.grasps.tally import Tally, wilson_interval
from efficientsam3_ros.evaluation.grasps.trial import Seen, Trial


def trials(masks: str, *results: str) -> list[Trial]:
    return [Trial(1, i, 'mug', 'red mug', masks, result) for i, result in enumerate(results, 1)]


def test_wilson_interval_is_that_of_the_tables():
    assert wilson_interval(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson_interval(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson_interval(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_no_mask_is_a_failure_that_is_counted_apart():
    tally = Tally.of(trials('ours', 'held', 'held', 'no mask', 'slipped'))
    assert (tally.objects, tally.held, tally.with_mask) == (4, 2, 3)
    assert tally.share == 0.5 and tally.share_with_mask == pytest.approx(2 / 3)
    assert tally.causes['no mask'] == tally.causes['slipped'] == 1
    assert math.isnan(Tally.of([]).share)


def test_tables_stand_beside_each_other():
    done = trials('true', 'held', 'dropped') + trials('ours', 'no mask', 'held')
    seen = [Seen(1, i, 'mug', 'red mug', 0.05, 1.0, True, i < 3) for i in (1, 2, 3)]
    text = results_text({'pack': 'clean'}, seen, done)
    assert text.startswith('Simulated: 1 scenes (pack clean). 2 of 3 objects')
    row = next(line for line in text.splitlines() if line.startswith('| mug'))
    assert [cell.strip() for cell in row.split('|')[1:4]] == ['mug', '1 of 2', '1 of 2']
    assert 'true: dropped 1; ours: no mask 1' in text
    data = results_data({'pack': 'clean'}, seen, done)
    assert data['summary']['ours']['interval'][0] < 0.5 < data['summary']['ours']['interval'][1]
    assert [item['graspable'] for item in data['objects']] == [True, True, False]
