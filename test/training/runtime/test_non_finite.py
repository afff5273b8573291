"""What is not finite stops a run, and its batch is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from toy_training import Numbers, ToyConfig, ToySchedule, log_of, toy

from training.data.clips.clip_batch import ClipBatch
from training.runtime.checkpoint import CHECKPOINT
from training.runtime.non_finite import DivergenceError, divergence


def test_the_batch_is_saved_and_named(tmp_path):
    schedule = ToySchedule(checkpoint_every=2)
    run = toy(ToyConfig(poisoned=4, schedule=schedule), tmp_path)
    with pytest.raises(DivergenceError, match=r'step 4 is not finite.*not_finite_000004\.pt'):
        run.run()
    kept = torch.load(tmp_path / 'not_finite_000004.pt', weights_only=True)
    assert kept['step'] == 4
    assert torch.equal(kept['batches'][0]['index'], Numbers(1)[4]['index'])
    assert kept['batches'][0]['x'].isnan().all()
    # The weights have not taken the step, and the run can be gone on with.
    state = torch.load(tmp_path / CHECKPOINT, weights_only=True)
    assert state['step'] == 4
    assert all(torch.equal(v, state['model'][n]) for n, v in run.learner.state_dict().items())


def test_an_infinite_gradient_of_a_finite_loss_stops_as_well(tmp_path):
    run = toy(ToyConfig(), tmp_path)
    run.network.last.weight.register_hook(lambda gradient: gradient * torch.inf)
    with pytest.raises(DivergenceError):
        run.run()


def test_batches_of_any_class_are_safe_to_load(tmp_path):
    numbers = torch.arange(4.0)
    batch = ClipBatch((numbers, numbers), numbers, numbers, numbers, numbers)
    divergence(tmp_path, 7, 2, [batch], [1.0])
    kept = torch.load(tmp_path / 'not_finite_000007.2.pt', weights_only=True)
    assert torch.equal(kept['batches'][0]['levels'][1], numbers)


@pytest.mark.parametrize('clip, share', [(1e9, 0.0), (1e-9, 1.0)])
def test_the_share_of_clipped_steps_is_logged(tmp_path, clip, share):
    toy(ToyConfig(schedule=replace(ToySchedule(), clip=clip)), tmp_path).run()
    assert [row['clipped'] for row in log_of(tmp_path) if 'clipped' in row] == [share]
