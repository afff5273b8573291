"""The log of a training survives a killed run."""

from __future__ import annotations

import json

import pytest

pytest.importorskip('tensorboard')

from training.runtime import MetricsLog


def test_a_torn_line_does_not_stop_a_resumed_training(tmp_path):
    path = tmp_path / 'metrics.jsonl'
    path.write_text('{"step": 1, "loss": 2.0}\n{"step": 3, "loss": 1.0}\n{"step": 4, "lo')
    log = MetricsLog(tmp_path, resume_from=3)
    log.write(5, {'loss': 0.5})
    log.board.close()
    steps = [json.loads(line)['step'] for line in path.read_text().splitlines()]
    assert steps == [1, 3, 5]
