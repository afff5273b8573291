"""Rows are run once, go on where they ended, and end at their budget."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.pipeline.running import STATE
from training.proof import running
from training.proof.commands import OVER_BUDGET, InOwnProcesses
from training.proof.plan import ProofPlan, ProofRow, StagePlan
from training.proof.running import run_seeds
from training.settings.reading import ConfigError

PLAN = ProofPlan(
    stages={'stage1': StagePlan('one.yaml'), 'stage3': StagePlan('three.yaml')},
    rows={'first': ProofRow('stage1'), 'second': ProofRow('stage3', ['first'])},
    seeds=[1, 2],
    budget=10.0,
)


class Commands:
    """Pretends to run commands: makes what they make, unless told to fail."""

    def __init__(self, out: Path, codes=None, makes=True) -> None:
        self.out, self.codes, self.makes = out, codes or {}, makes
        self.ran: list[str] = []
        self.limits: list[float] = []

    stopped = 0

    def stop(self) -> None:
        self.stopped += 1

    def __call__(self, module, words, seconds) -> int:
        name = words[words.index('--row') + 1] if '--row' in words else module
        self.ran.append(name)
        self.limits.append(seconds)
        if '--row' in words:
            seed = '' if name == 'teacher' else f'seed_{words[words.index("--seed") + 1]}'
            made = self.out / seed / f'row_{name}' / 'scores.json'
        else:
            made = Path(words[words.index('--out') + 1]) / 'best.pt'
        if self.makes:
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_text('x')
        return self.codes.get(name, 0)


def test_every_seed_trains_and_scores_its_rows_in_order_and_once(tmp_path):
    run = Commands(tmp_path)
    assert run_seeds(PLAN, tmp_path, 1, run) == 0
    chain = ['training.stage1', 'first', 'training.stage3', 'second']
    assert run.ran == ['teacher', *chain, *chain]
    again = Commands(tmp_path)
    assert run_seeds(PLAN, tmp_path, 2, again) == 0
    assert again.ran == []


def test_a_row_that_failed_is_run_again_with_what_follows(tmp_path):
    told: list[str] = []
    broken = Commands(tmp_path, {'training.stage3': 70})
    assert run_seeds(PLAN, tmp_path, 1, broken, told.append) == 70
    assert told[-1].endswith('ended with 70; the same command goes on.')
    again = Commands(tmp_path)
    assert run_seeds(PLAN, tmp_path, 1, again) == 0
    assert again.ran == ['training.stage3', 'second'] * 2


def test_a_row_that_was_refused_is_not_said_to_go_on(tmp_path):
    told: list[str] = []
    refused = Commands(tmp_path, {'training.stage3': 2})
    assert run_seeds(PLAN, tmp_path, 1, refused, told.append) == 2
    assert told[-1].endswith('refused, see its message above.')


def test_a_row_at_its_budget_counts_with_its_best_weights(tmp_path):
    told: list[str] = []
    run = Commands(tmp_path, {'training.stage1': OVER_BUDGET})
    assert run_seeds(PLAN, tmp_path, 1, run, told.append) == 0
    assert any('ended at its budget' in line for line in told)
    assert run.limits[1] == pytest.approx(600, abs=1)


def test_a_row_at_its_budget_without_weights_is_an_error(tmp_path):
    run_seeds(PLAN, tmp_path, 1, Commands(tmp_path, {'training.stage1': 70}))
    told: list[str] = []
    run = Commands(tmp_path, {'training.stage1': OVER_BUDGET}, makes=False)
    for made in tmp_path.glob('seed_*/row_first/run/best.pt'):
        made.unlink()
    assert run_seeds(PLAN, tmp_path, 1, run, told.append) == OVER_BUDGET
    assert any('give a larger budget' in line for line in told)


def test_what_was_spent_before_an_interruption_is_counted(tmp_path, monkeypatch):
    clock = iter(range(0, 100_000, 400))
    monkeypatch.setattr(running, 'monotonic', lambda: float(next(clock)))
    run = Commands(tmp_path, {'training.stage1': 143})
    assert run_seeds(PLAN, tmp_path, 1, run) == 143
    again = Commands(tmp_path)
    assert run_seeds(PLAN, tmp_path, 1, again) == 0
    assert again.limits[0] == pytest.approx(200), 'of 600 s 400 were spent'


def test_other_settings_of_a_finished_row_are_refused(tmp_path):
    assert run_seeds(PLAN, tmp_path, 1, Commands(tmp_path)) == 0
    rows = {'first': ProofRow('stage1', settings=['size=1']), 'second': PLAN.rows['second']}
    other = ProofPlan(stages=PLAN.stages, rows=rows, seeds=[1])
    with pytest.raises(ConfigError, match=f'first was finished with other settings.*{STATE}'):
        run_seeds(other, tmp_path, 1, Commands(tmp_path))


def test_what_runs_is_ended_where_another_seed_breaks(tmp_path):
    class Broken(Commands):
        def __call__(self, module, words, seconds) -> int:
            if module == 'training.stage1' and 'seed=2' in words:
                raise ValueError('no disk')
            return super().__call__(module, words, seconds)

    run = Broken(tmp_path)
    with pytest.raises(ValueError, match='no disk'):
        run_seeds(PLAN, tmp_path, 1, run)
    assert run.stopped == 1


def test_a_new_row_leaves_those_that_are_finished(tmp_path):
    assert run_seeds(PLAN, tmp_path, 1, Commands(tmp_path)) == 0
    rows = {'new': ProofRow('stage1', settings=['a=1']), **PLAN.rows}
    run = Commands(tmp_path)
    assert run_seeds(ProofPlan(stages=PLAN.stages, rows=rows, seeds=[1]), tmp_path, 1, run) == 0
    assert run.ran == ['training.stage1', 'new']


def test_a_process_is_ended_at_its_time():
    assert InOwnProcesses()(
        'timeit', ['-n', '1', '-r', '1', 'import time; time.sleep(60)'], 0.2
    ) == (OVER_BUDGET)
    assert InOwnProcesses()('timeit', ['-n', '1', '-r', '1', '1'], 60) == 0
