"""The best weights stay when a run grows worse."""

from __future__ import annotations

import math

import pytest
import torch
from toy_training import ToyConfig, log_of, toy

from training.runtime.best import BEST, BestWeights, Monitor

LESS = Monitor('loss', more_is_better=False)


def test_the_file_holds_the_weights_of_the_best_validation(tmp_path):
    run = toy(ToyConfig(), tmp_path)
    seen = {}
    errors = iter([3.0, 1.0, 2.0, 1.0])

    def validate():
        seen[len(seen)] = {name: v.clone() for name, v in run.average.state_dict().items()}
        return {'val_error': next(errors)}

    run.validate = validate
    run.run()
    best = torch.load(tmp_path / BEST, weights_only=True)
    assert (best['step'], best['monitor'], best['value']) == (10, 'val_error', 1.0)
    for name, value in best['average'].items():
        assert torch.equal(value, seen[1][name])
        assert torch.equal(value, seen[3][name]) == name.startswith('frozen')
    assert [row['val_error'] for row in log_of(tmp_path) if 'val_error' in row] == [3, 1, 2, 1]


@pytest.mark.parametrize(
    'monitor, values, kept',
    [
        (Monitor('loss'), [0.1, 0.3, 0.2], 0.3),
        (LESS, [0.4, 0.3, 0.5], 0.3),
        (LESS, [math.nan, 0.5, math.nan, -math.inf], 0.5),
    ],
)
def test_the_monitor_says_what_is_better(tmp_path, monitor, values, kept):
    best = BestWeights(tmp_path, monitor, 0)
    for step, value in enumerate(values, 1):
        best.offer(step, {'loss': value}, {'average': {}})
    assert BestWeights(tmp_path, monitor, len(values)).value == kept


def test_a_validation_without_the_metric_is_an_error(tmp_path):
    with pytest.raises(ValueError, match='no loss'):
        BestWeights(tmp_path, LESS, 0).offer(1, {'other': 1.0}, {})
