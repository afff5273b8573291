"""Rounds of prompts: both sides are asked the same, of the query that the teacher means."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
import torch

from training.encoder.prompts.first import FirstPrompt
from training.encoder.prompts.rounds import PromptPlan, chosen_query, rounds
from training.teacher.protocol import TeacherDetections, TeacherFeatures

BOXES = torch.tensor([[0.25, 0.5, 0.5, 1.0], [0.75, 0.5, 0.5, 1.0]])


def features(value: float, side: int = 4) -> TeacherFeatures:
    level = torch.full((1, 1, side, side), value, requires_grad=True)
    return TeacherFeatures((level, level, level))


@dataclass
class Heads:
    """Heads whose query 1 lies on the mask and answers with the features themselves."""

    asked: list[tuple[float, list[list[float]], list[int], bool]] = field(default_factory=list)

    def detect(self, seen, prompts, places=None):
        value = float(seen.levels[0].detach()[0, 0, 0, 0])
        grad = torch.is_grad_enabled()
        for prompt in prompts:
            self.asked.append((value, prompt.boxes.tolist(), prompt.labels.tolist(), grad))
        masks = seen.levels[0].expand(len(prompts), 3, -1, -1)
        boxes = torch.stack(
            [torch.stack([BOXES[1 - i], BOXES[i], BOXES[i] * 0.1]) for i in (0, 1)]
        )
        logits = torch.tensor([[2.0, 1.0, 3.0]]).expand(len(prompts), 3)
        return TeacherDetections(logits, logits[:, 0], boxes, masks, masks[:, 0])


def ask(found, wanted, **plan):
    heads = Heads()
    plan = PromptPlan(masks=2, first=FirstPrompt(point_side=0.1), **plan)
    answers = rounds(heads, found, wanted, (BOXES, BOXES), plan, np.random.default_rng(0))
    return heads, list(answers)


def test_both_sides_get_the_same_prompts_and_points_with_labels_are_added():
    heads, answers = ask(features(-1.0), features(1.0), rounds=3, least=1)
    teacher = [call[1:3] for call in heads.asked if call[0] == 1.0]
    student = [call[1:3] for call in heads.asked if call[0] == -1.0]
    assert teacher == student and len(teacher) == 6
    assert [len(boxes) for boxes, _ in teacher] == [1, 1, 2, 2, 3, 3]
    # The student misses everything, so every point says: this belongs to it.
    assert teacher[-1][1] == [1, 1, 1]
    assert teacher[-1][0][0] == pytest.approx(BOXES[1].tolist())
    assert all(box[2:] == pytest.approx([0.1, 0.1]) for box in teacher[-1][0][1:])
    assert [answer.prompts for answer in answers] == [2, 4, 6]
    assert [answer.corrected for answer in answers] == [0, 2, 4]
    extra, _ = ask(features(1.0), features(-1.0), rounds=2, least=1)
    assert extra.asked[-1][2] == [1, 0]


def test_gradients_are_the_students_alone():
    found, wanted = features(-1.0), features(1.0)
    heads, answers = ask(found, wanted, rounds=1)
    assert {call[0]: call[3] for call in heads.asked} == {1.0: False, -1.0: True}
    assert answers[0].found.requires_grad and not answers[0].wanted.requires_grad


def test_who_agrees_gets_no_point():
    heads, answers = ask(features(1.0), features(2.0), rounds=2, least=1)
    assert [len(call[1]) for call in heads.asked] == [1] * 8
    assert answers[-1].corrected == 0


def test_a_coarser_student_is_brought_to_the_teachers_size():
    _, answers = ask(features(-1.0, side=2), features(1.0), rounds=1)
    assert answers[0].found.shape == answers[0].wanted.shape == (2, 4, 4)


def test_the_query_is_sure_and_in_its_place():
    answer = Heads().detect(features(1.0), [_Prompt(), _Prompt()])
    # Query 2 is surer and small, query 0 lies elsewhere.
    assert chosen_query(answer, BOXES).tolist() == [1, 1]
    nowhere = torch.full((2, 4), 0.0)
    assert chosen_query(answer, nowhere).tolist() == [2, 2]


@dataclass
class _Prompt:
    boxes: torch.Tensor = field(default_factory=lambda: BOXES[:1])
    labels: torch.Tensor = field(default_factory=lambda: torch.ones(1))


def test_a_plan_that_asks_nothing_is_refused():
    with pytest.raises(ValueError, match='masks and prompts'):
        PromptPlan(rounds=0)
    with pytest.raises(ValueError, match='share of the run'):
        PromptPlan(begin=1.5)
