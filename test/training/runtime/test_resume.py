"""A run that stops on the way ends like one that does not, bit by bit."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from toy_training import ToyConfig, ToySchedule, log_of, toy

from training.runtime.best import BEST
from training.runtime.checkpoint import CHECKPOINT, CheckpointError

CONFIG = ToyConfig()


def read(path):
    return torch.load(path, weights_only=True)


def assert_same(one, other):
    assert type(one) is type(other)
    if isinstance(one, torch.Tensor):
        assert torch.equal(one, other)
    elif isinstance(one, dict):
        assert one.keys() == other.keys()
        for name in one:
            assert_same(one[name], other[name])
    elif isinstance(one, list):
        for a, b in zip(one, other, strict=True):
            assert_same(a, b)
    else:
        assert one == other


@pytest.mark.parametrize('changes', [{}, {'epochs': True, 'workers': 1}], ids=['seeded', 'epochs'])
def test_twenty_steps_are_ten_and_ten_more(tmp_path, changes):
    config = replace(CONFIG, schedule=ToySchedule(accumulate=2), **changes)
    assert toy(config, tmp_path / 'whole').run()
    assert not toy(config, tmp_path / 'parts').run(max_steps=10)
    torch.manual_seed(1234)  # as another process would not be left by the first ten steps
    resumed = toy(config, tmp_path / 'parts')
    assert resumed.first == 10
    assert resumed.run()
    for name in (CHECKPOINT, BEST):
        assert_same(read(tmp_path / 'whole' / name), read(tmp_path / 'parts' / name))
    validations = [
        [(row['step'], row['val_error']) for row in log_of(tmp_path / run) if 'val_error' in row]
        for run in ('whole', 'parts')
    ]
    assert validations[0] == validations[1]
    assert [step for step, _ in validations[0]] == [5, 10, 15, 20]


def test_steps_differ_in_what_they_draw(tmp_path):
    run = toy(CONFIG, tmp_path)
    batch, errors = run.data[0], []
    with torch.no_grad():
        weights = [p.clone() for p in run.learner.parameters()]
    for step in (0, 1, 0):
        errors.append(run.update(step, [batch])['error'])
        with torch.no_grad():
            for parameter, value in zip(run.learner.parameters(), weights):
                parameter.copy_(value)
    assert errors[0] == errors[2] != errors[1]


def test_the_batches_of_a_step_differ_in_what_they_draw(tmp_path, monkeypatch):
    run, drawn = toy(CONFIG, tmp_path), []
    compute = run.compute
    monkeypatch.setattr(
        run, 'compute', lambda *at: (drawn.append(torch.rand(())), compute(*at))[1]
    )
    run.update(0, [run.data[0]] * 3)
    assert len(set(map(float, drawn))) == 3


def test_a_checkpoint_of_before_there_were_several_batches_is_resumed(tmp_path):
    toy(CONFIG, tmp_path / 'whole').run()
    toy(CONFIG, tmp_path / 'old').run(max_steps=10)
    path = tmp_path / 'old' / CHECKPOINT
    state = read(path)
    del state['batches']
    torch.save(state, path)
    (tmp_path / 'old' / BEST).unlink()
    toy(CONFIG, tmp_path / 'old').run()
    assert_same(read(tmp_path / 'whole' / CHECKPOINT)['model'], read(path)['model'])


def test_another_number_of_batches_a_step_is_refused(tmp_path):
    toy(CONFIG, tmp_path).run(max_steps=2)
    path = tmp_path / CHECKPOINT
    torch.save(read(path) | {'batches': 4}, path)
    with pytest.raises(CheckpointError, match=r'4 batches a step .* now there are 1'):
        toy(CONFIG, tmp_path)


def killed():
    raise KeyboardInterrupt


def test_a_validation_that_a_kill_prevented_is_made_up_for(tmp_path, monkeypatch):
    run = toy(CONFIG, tmp_path)
    monkeypatch.setattr(run, 'validate', killed)
    with pytest.raises(KeyboardInterrupt):
        run.run(max_steps=5)
    assert not (tmp_path / BEST).exists()
    toy(CONFIG, tmp_path).run(max_steps=5)
    assert [row['step'] for row in log_of(tmp_path) if 'val_error' in row] == [5]
    assert read(tmp_path / BEST)['step'] == 5


def test_what_a_run_reached_after_its_checkpoint_is_not_taken_for_best(tmp_path):
    toy(CONFIG, tmp_path).run(max_steps=5)
    state = read(tmp_path / BEST)
    torch.save(state | {'step': 15, 'value': -1.0}, tmp_path / BEST)
    assert toy(CONFIG, tmp_path).best.value is None
    torch.save(state, tmp_path / BEST)
    assert toy(CONFIG, tmp_path).best.value == state['value']
    (tmp_path / CHECKPOINT).unlink()
    assert toy(CONFIG, tmp_path).best.value is None
