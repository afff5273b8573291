"""What every training command offers: an early end and an estimate."""

from __future__ import annotations

from dataclasses import replace
import re

import pytest
from toy_training import Toy, ToyConfig, ToySchedule, toy

from training.loop import run_training
from training.runtime.checkpoint import step_of
from training.runtime.dry_run import duration
from training.runtime.estimate import Pace, measure

ABOUT = """Trains numbers.

Examples:
    python -m toy
"""


@pytest.fixture
def command(tmp_path):
    path = tmp_path / 'c.yaml'
    path.write_text('schedule: {steps: 12}')
    out = tmp_path / 'run'

    def call(*words):
        argv = ['--config', str(path), '--out', str(out), *words]
        return run_training('toy', ABOUT, ToyConfig.load, Toy, argv)

    call.out = out
    return call


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob('*') if path.is_file()}


def test_max_steps_ends_early_and_the_same_command_goes_on(command, capsys):
    assert command('--max-steps', '7') == 0
    assert 'Stopped after step 7 of 12' in capsys.readouterr().out
    assert step_of(command.out / 'checkpoint.pt') == 7
    assert command('--max-steps', '7') == 0
    assert command() == 0
    assert step_of(command.out / 'checkpoint.pt') == 12
    assert command('--max-steps', '0') == 2


def test_a_dry_run_tells_what_a_run_takes_and_writes_nothing(command, tmp_path, capsys):
    before = contents(tmp_path)
    assert command('--dry-run', 'schedule.accumulate=3') == 0
    assert contents(tmp_path) == before and not command.out.exists()
    text = capsys.readouterr().out
    row = {m[1].strip(): m[2].split() for m in re.finditer(r'\| ([^|]+?) *\|(.*)', text)}
    numbers = {name: [word for word in words if word != '|'] for name, words in row.items()}
    assert numbers['rare'] == ['72', '0']
    assert numbers['frozen'] == ['0', '72']
    assert numbers['all that learns'] == [str(40 + 72 + 9), '72']
    assert numbers['steps'] == ['12']
    assert numbers['batches a step'] == ['3']
    assert numbers['examples seen'] == [str(12 * 3 * 3)]


def test_a_dry_run_that_diverges_names_no_file(command, tmp_path, capsys):
    before = contents(tmp_path)
    assert command('--dry-run', 'poisoned=11') == 2
    assert 'nothing is estimated' in capsys.readouterr().err
    assert contents(tmp_path) == before


def test_a_dry_run_of_a_run_on_its_way_counts_the_steps_left(command, tmp_path, capsys):
    command('--max-steps', '7')
    before = contents(tmp_path)
    assert command('--dry-run') == 0
    assert contents(tmp_path) == before
    assert '5 of 12' in capsys.readouterr().out
    assert command('--dry-run', 'seed=3') == 2
    assert 'seed was 1 and is 3' in capsys.readouterr().err


def test_memory_is_measured(tmp_path):
    config = replace(ToyConfig(), schedule=ToySchedule(accumulate=2))
    memory, pace = measure(toy(config, tmp_path), 0, 20)
    learned, frozen, used = 40 + 72 + 9, 72, 40 + 9
    assert memory.weights == 2 * 4 * (learned + frozen)
    assert memory.gradients == 4 * learned
    # Two averages of each gradient, and a count for each tensor; the part that the one batch did
    # not use has none.
    assert memory.optimizer in (4 * (2 * learned + 6), 4 * (2 * used + 4))
    # Input, tanh's output, dropout's mask and product, frozen layer's output.
    assert 3 * 4 * 4 <= memory.activations < 2000
    assert memory.peak == 0 and pace.examples == 6 and pace.computing > 0


def test_reading_beside_the_computing_costs_nothing_unless_it_is_slower():
    pace = Pace(computing=1.0, reading=3.0, examples=1)
    assert [pace.seconds(10, workers) for workers in (0, 1, 4)] == [40, 30, 10]
    assert [duration(s) for s in (59.6, 3725, 90_061)] == ['0:01:00', '1:02:05', '1 d 1:01:01']
