"""Two processes are one that accumulates two batches."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ranks import run_ranks
from rooms import SUPPORT
import torch
from toy_training import ToyConfig, ToySchedule, log_of, toy

from training.runtime.checkpoint import CHECKPOINT

CONFIG = ToyConfig(schedule=ToySchedule(checkpoint_every=5))
SCRIPT = SUPPORT / 'trainings/toy_rank.py'


def two_processes(folder, poisoned=-1):
    """Train in two processes as torchrun starts them; return what each of them tells."""
    answers = [folder.parent / f'{folder.name}.{rank}.pt' for rank in range(2)]
    run_ranks(SCRIPT, [[str(folder), str(answer), str(poisoned)] for answer in answers])
    return [torch.load(answer, weights_only=True) for answer in answers]


@pytest.fixture(scope='module')
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp('runs')
    ranks = two_processes(root / 'two')
    twice = replace(CONFIG, schedule=replace(CONFIG.schedule, accumulate=2))
    toy(twice, root / 'one').run()
    return root, ranks


def test_two_processes_are_one_that_accumulates(folders):
    root, _ = folders
    one, two = (torch.load(root / n / CHECKPOINT, weights_only=True) for n in ('one', 'two'))
    for part in ('model', 'average'):
        for name, value in one[part].items():
            torch.testing.assert_close(two[part][name], value, atol=1e-5, rtol=0, msg=name)
    rows = [log_of(root / name) for name in ('one', 'two')]
    for a, b in zip(*rows, strict=True):
        assert a.keys() == b.keys()
        for name in a.keys() - {'seconds'}:
            assert a[name] == pytest.approx(b[name], abs=1e-5), name


def test_both_processes_hold_the_same_weights(folders):
    _, (first, second) = folders
    for part in ('learner', 'average'):
        for name, value in first[part].items():
            assert torch.equal(value, second[part][name]), name


def test_only_the_first_process_writes(folders):
    root, (first, second) = folders
    assert first['written'] == ['save', 'validate'] * 4 and second['written'] == []
    assert len(list((root / 'two' / 'tensorboard').iterdir())) == 1
    names = [{path.name for path in (root / name).iterdir()} for name in ('one', 'two')]
    assert names[0] == names[1]


def test_what_is_not_finite_in_one_process_stops_both(tmp_path):
    # Part 0 of step 3, which the first process computes; the second has a seed of its own.
    ranks = two_processes(tmp_path / 'run', poisoned=3)
    assert all('step 3 is not finite' in rank['told'] for rank in ranks)
    kept = [
        torch.load(tmp_path / 'run' / f'not_finite_000003{rank}.pt', weights_only=True)
        for rank in ('', '.1')
    ]
    assert kept[0]['batches'][0]['x'].isnan().all()
