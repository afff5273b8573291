"""Student and teacher are asked the same, and the memory holds what was corrected."""

from __future__ import annotations

from dataclasses import replace

from clip_files import tiny_memory
from memory_run import dataset, whole_clip
import numpy as np
import pytest
import torch

from efficientsam3_ros.model.memory.prompts import NO_POINT, PromptCode
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from training.losses.memory import memory_loss
from training.losses.terms import weighted
from training.memory.config import MemoryRunConfig
from training.memory.follower import best_mask, certain
from training.memory.prompts.simulation import Interaction, PromptSimulation
from training.memory.rollout import Gate, Plan, rollout

OPEN = Gate(0.0, 0.0)


def plan_of(batch, corrected, by_box=False, **changes) -> Plan:
    simulation = PromptSimulation(points=1.0, **changes)
    code = PromptCode.drawn(tiny_memory().width)
    rng = np.random.default_rng(0)
    asked = Interaction(simulation, code, by_box, frozenset(corrected), rng)
    return replace(Plan.free(batch), asked=asked)


def networks() -> list[VideoMemory]:
    found = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        found.append(VideoMemory(tiny_memory()).eval())
    return found


def spied(network: VideoMemory) -> tuple[list, list]:
    """Return prompts and remembered masks of a memory, as they come."""
    asked, remembered = [], []
    read, memorise = network.track_step.mask_decoder.read, network.memorise.forward

    def reading(prompts, code):
        asked.append(prompts)
        return read(prompts, code)

    def writing(level, logits, score):
        remembered.append(logits.clone())
        return memorise(level, logits, score)

    network.track_step.mask_decoder.read = reading
    network.memorise.forward = writing
    return asked, remembered


@pytest.mark.parametrize('by_box', [False, True], ids=['click', 'box'])
def test_teacher_and_student_are_asked_the_same_and_shown_the_same(clips, by_box):
    batch = whole_clip(clips)
    student, teacher = networks()
    (asked, shown), (told, taught) = spied(student), spied(teacher)
    plan = plan_of(batch, [0, 2], by_box, clicks=3)
    with torch.no_grad():
        steps = list(rollout(student, batch, plan, OPEN, teacher))
    assert len(asked) == len(told) == 7
    for mine, theirs in zip(asked, told):
        assert torch.equal(mine.points, theirs.points)
        assert torch.equal(mine.labels, theirs.labels)
        assert (mine.mask is None) == (theirs.mask is None)
        assert mine.mask is None or torch.equal(mine.mask, theirs.mask)
    assert len(shown) == len(taught) == batch.frames - 1
    assert all(torch.equal(mine, theirs) for mine, theirs in zip(shown, taught))
    # One answer to the first prompt, three to corrections, and so for the frame on the way.
    assert [step.index for step in steps] == [0, 0, 0, 0, 1, 2, 2, 2, 2, *range(3, batch.frames)]
    # Clicks correct the student, not the teacher: what it said is told along.
    assert torch.equal(asked[1].mask, best_mask(steps[0].found))
    assert [prompts.labels.shape[1] for prompts in asked] == [n + by_box for n in (1, 2, 3, 4)] + [
        1,
        2,
        3,
    ]


def test_what_is_remembered_is_the_corrected_mask(clips):
    batch = whole_clip(clips)
    student, _ = networks()
    _, shown = spied(student)
    with torch.no_grad():
        steps = list(rollout(student, batch, plan_of(batch, [0, 2], clicks=2), Gate(2.0, 2.0)))
    last = {step.index: best_mask(step.found) for step in steps}
    for index in (0, 2):
        visible = batch.visible[index]
        assert visible.any()
        assert torch.equal(shown[index][visible], last[index][visible])
    assert torch.equal(shown[0][~batch.visible[0]], certain(batch.given[0])[~batch.visible[0]])


def test_nothing_is_asked_where_nothing_is_wrong(clips):
    batch = whole_clip(clips)
    student, _ = networks()
    perfect = (batch.masks[0] > 0.5).float()
    batch = replace(batch, masks=batch.masks.clone())
    batch.masks[0] = perfect
    asked, _ = spied(student)
    answer = student.track_step.answer
    right = certain(perfect)[:, None]

    def knowing(level_0, level_1, conditioned, prompts=None):
        found = answer(level_0, level_1, conditioned, prompts)
        return replace(found, mask_logits=right.expand_as(found.mask_logits))

    student.track_step.answer = knowing
    with torch.no_grad():
        plan = plan_of(batch, [0], clicks=7, from_truth=0.0)
        steps = list(rollout(student, batch, plan, OPEN))
    assert [step.index for step in steps] == list(range(batch.frames))
    assert len(asked) == 1 and (asked[0].labels != NO_POINT).any()


def test_it_learns_to_answer_clicks(clips):
    torch.manual_seed(0)
    run = MemoryRunConfig(shape=tiny_memory())
    network = VideoMemory(run.memory)
    batch = dataset(clips, 4)[0]
    optimizer = torch.optim.AdamW(network.parameters(), 3e-3)
    totals = []
    for _ in range(8):
        losses = []
        for step in rollout(network, batch, plan_of(batch, [0], clicks=1), run.gate):
            i = step.index
            truth = batch.masks[i], batch.visible[i], batch.absent[i]
            losses.append(weighted(memory_loss(step.found, *truth), run.loss))
        total = torch.stack(losses).mean()
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        totals.append(total.item())
    assert totals[-1] < 0.6 * totals[0]
