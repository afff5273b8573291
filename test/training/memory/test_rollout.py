"""Clips are gone through by the rules of the tracker."""

from __future__ import annotations

from dataclasses import replace

from clip_files import ABSENT, tiny_memory
from memory_run import dataset, whole_clip
import numpy as np
import pytest
import torch

from efficientsam3_ros.model.export.memory_export import memory_layout
from efficientsam3_ros.model.memory.tracking_graphs import Hypotheses, VideoMemory
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.memory.memory_ring import MemoryRing
from training.losses.memory import memory_loss
from training.losses.terms import weighted
from training.memory.config import MemoryRunConfig
from training.memory.rollout import Gate, Plan, rollout
from training.memory.state import MemoryState
from training.memory.validation import validate


def test_it_learns_to_follow_a_mask(clips):
    torch.manual_seed(0)
    run = MemoryRunConfig(shape=tiny_memory())
    network = VideoMemory(run.memory)
    batch = dataset(clips, 4)[0]
    optimizer = torch.optim.AdamW(network.parameters(), 3e-3)
    totals = []
    for _ in range(8):
        losses = []
        for step in rollout(network, batch, Plan.free(batch), run.gate):
            i = step.index
            truth = batch.masks[i], batch.visible[i], batch.absent[i]
            losses.append(weighted(memory_loss(step.found, *truth), run.loss))
        total = torch.stack(losses).mean()
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        totals.append(total.item())
    assert totals[-1] < 0.6 * totals[0]


@pytest.mark.parametrize('seed', range(3))
def test_the_ring_is_the_trackers(seed):
    """Any sequence of views leaves the same bank as in ``tracking.memory_ring``."""
    config = replace(tiny_memory(), conditioning_slots=2, recent_slots=3, pointer_slots=4)
    layout, rng = memory_layout(config), np.random.default_rng(seed)
    ring = MemoryRing(layout, 2)
    first = rng.normal(size=(2, layout.latents, layout.width)).astype(np.float32)
    for row in range(2):
        ring.condition(row, first[row], 0)
    state = MemoryState.begin(config, torch.from_numpy(first))
    for frame in range(1, 12):
        state = state.aged(torch.ones(2))
        for name, value in ring.bank([0, 1], frame).items():
            np.testing.assert_allclose(getattr(state.bank, name).numpy(), value, err_msg=name)
        latents = rng.normal(size=first.shape).astype(np.float32)
        pointers = rng.normal(size=(2, layout.pointer_width)).astype(np.float32)
        kind = rng.integers(0, 3, 2)
        for row in range(2):
            if kind[row] == 1:
                ring.append(row, latents[row])
            if kind[row] == 2:
                ring.condition(row, latents[row], frame)
            if kind[row]:
                ring.point(row, pointers[row], frame)
        kinds = torch.from_numpy(kind)
        state = state.add(
            latents=torch.from_numpy(latents),
            recent=kinds == 1,
            conditioning=kinds == 2,
            pointers=torch.from_numpy(pointers),
            pointed=kinds > 0,
        )


def test_the_gate_is_the_trackers():
    tracker = TrackerConfig()
    assert Gate() == Gate(tracker.admit_object_score, tracker.admit_quality)


def test_forced_objects_get_true_masks_and_free_ones_pass_the_gate(clips):
    batch = whole_clip(clips)
    network = VideoMemory(tiny_memory()).eval()
    seen: list[torch.Tensor] = []
    original = network.memorise.forward

    def spy(level, logits, score):
        seen.append(logits.clone())
        return original(level, logits, score)

    network.memorise.forward = spy
    plan = Plan(torch.tensor([True, False]), torch.zeros_like(batch.visible))
    with torch.no_grad():
        steps = list(rollout(network, batch, plan, Gate()))
    assert [s.index for s in steps] == list(range(1, 8))
    for index, logits in enumerate(seen[1:], 1):
        torch.testing.assert_close((logits[0] / 10 + 1) / 2, batch.masks[index, 0])
        assert not torch.allclose((logits[1] / 10 + 1) / 2, batch.masks[index, 1], atol=0.05)
    none = Plan(torch.tensor([False, False]), torch.zeros_like(batch.visible))
    with torch.no_grad():
        closed = [s.found for s in rollout(network, batch, none, Gate(quality=1.1))]
        again = [s.found for s in rollout(network, batch, none, Gate(quality=1.1))]
    assert torch.equal(closed[-1].mask_logits, again[-1].mask_logits)


def test_validation_counts_a_perfect_and_a_blind_memory(clips):
    batch = whole_clip(clips)
    network = VideoMemory(tiny_memory()).eval()

    def perfect(index_of):
        def hypotheses(level_0, level_1, level_2, bank):
            index = next(index_of)
            masks = ((batch.masks[index] - 0.5) * 20)[:, None]
            score = torch.where(batch.visible[index], 5.0, -5.0)
            ones = torch.ones(2, 1)
            return Hypotheses(masks, ones, score, torch.zeros(2, 1, 96), torch.zeros(2, 12, 96))

        return hypotheses

    network.track_step.hypotheses = perfect(iter(range(1, 8)))
    figures = validate(network, [batch], Gate())
    assert figures['val_iou'] == figures['val_return_iou'] == 1
    assert figures['val_absent_accuracy'] == figures['val_visible_accuracy'] == 1
    batch = replace(batch, masks=batch.masks.flip(1))
    network.track_step.hypotheses = perfect(iter(range(1, 8)))
    assert validate(network, [whole_clip(clips)], Gate())['val_iou'] < 0.2
    assert len(ABSENT) == 3
