"""Two processes are one that accumulates two batches."""

from __future__ import annotations

from dataclasses import replace
import multiprocessing
import os
import socket

import pytest
import torch

from test.support.toy_training import ToyConfig, ToySchedule, log_of, toy
from training.checkpoint import CHECKPOINT
from training.runtime.non_finite import DivergenceError
from training.runtime.processes import open_fabric

CONFIG = ToyConfig(schedule=ToySchedule(checkpoint_every=5))


def two_processes(work, *arguments):
    """Run a function in two processes as torchrun starts them; return what they return."""
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    context = multiprocessing.get_context('fork')
    answers = context.Queue()
    started = [
        context.Process(target=_as_rank, args=(rank, port, answers, work, arguments))
        for rank in range(2)
    ]
    for process in started:
        process.start()
    found = dict(answers.get(timeout=60) for _ in started)
    for process in started:
        process.join(20)
    return [found[rank] for rank in range(2)]


def _as_rank(rank, port, answers, work, arguments):
    os.environ.update(
        RANK=str(rank), LOCAL_RANK=str(rank), GROUP_RANK='0', WORLD_SIZE='2', LOCAL_WORLD_SIZE='2',
        MASTER_ADDR='127.0.0.1', MASTER_PORT=str(port), TORCHELASTIC_RUN_ID='test',
    )  # fmt: skip
    torch.set_num_threads(1)
    try:
        answers.put((rank, work(*arguments)))
    except BaseException as error:
        answers.put((rank, error))
    torch.distributed.destroy_process_group()


def train(config, folder):
    run = toy(config, folder, open_fabric('32-true', 'cpu'))
    written = []
    for name in ('save', 'validate'):
        original = getattr(run, name)
        setattr(run, name, lambda *at, to=original, name=name: (written.append(name), to(*at))[1])
    run.run()
    states = run.learner.state_dict(), run.average.state_dict()
    # As arrays: tensors would share memory with a process that has ended.
    return written, [{name: v.numpy() for name, v in state.items()} for state in states]


def stop(config, folder):
    try:
        train(config, folder)
    except DivergenceError as error:
        return str(error)


@pytest.fixture(scope='module')
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp('runs')
    ranks = two_processes(train, CONFIG, root / 'two')
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
    _, ((_, first), (_, second)) = folders
    for one, other in zip(first, second):
        for name in one:
            assert (one[name] == other[name]).all(), name


def test_only_the_first_process_writes(folders):
    root, ((first, _), (second, _)) = folders
    assert first == ['save', 'validate'] * 4 and second == []
    assert len(list((root / 'two' / 'tensorboard').iterdir())) == 1
    names = [{path.name for path in (root / name).iterdir()} for name in ('one', 'two')]
    assert names[0] == names[1]


def test_what_is_not_finite_in_one_process_stops_both(tmp_path):
    # Part 0 of step 3, which the first process computes; the second has a seed of its own.
    config = replace(CONFIG, poisoned=3)
    told = two_processes(stop, config, tmp_path)
    assert all('step 3 is not finite' in text for text in told)
    kept = [
        torch.load(tmp_path / f'not_finite_000003{rank}.pt', weights_only=True)
        for rank in ('', '.1')
    ]
    assert kept[0]['batches'][0]['x'].isnan().all()
