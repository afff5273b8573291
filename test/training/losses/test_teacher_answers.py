"""Distances to a teacher's answers, against values computed by hand."""

from __future__ import annotations

import math

import pytest
import torch

from training.losses.teacher_answers import (
    presence_agreement,
    presence_distance,
    score_distance,
)


def logit(p: float) -> float:
    return math.log(p / (1 - p))


def entropy(target: float, p: float) -> float:
    return -target * math.log(p) - (1 - target) * math.log(1 - p)


def test_scores_are_compared_query_by_query_per_answer_of_the_teacher():
    found = torch.tensor([[logit(0.5), logit(0.2)], [logit(0.1), logit(0.1)]])
    wanted = torch.tensor([[logit(0.9), logit(0.2)], [logit(0.3), logit(0.1)]])
    by_hand = 0.4**2 * entropy(0.9, 0.5) + 0.2**2 * entropy(0.3, 0.1)
    assert float(score_distance(found, wanted)) == pytest.approx(by_hand / 1.5, rel=1e-5)
    # A teacher that says no everywhere divides by one.
    none = torch.full((1, 3), logit(0.1))
    by_hand = 3 * 0.4**2 * entropy(0.1, 0.5)
    assert float(score_distance(torch.zeros(1, 3), none)) == pytest.approx(by_hand, rel=1e-5)


def test_presence_is_a_divergence_that_vanishes_at_agreement():
    found, wanted = torch.tensor([logit(0.5), logit(0.9)]), torch.tensor([logit(0.8), logit(0.9)])
    by_hand = (entropy(0.8, 0.5) - entropy(0.8, 0.8)) / 2
    assert float(presence_distance(found, wanted)) == pytest.approx(by_hand, rel=1e-4)
    assert float(presence_distance(wanted, wanted)) == pytest.approx(0, abs=1e-6)
    assert float(presence_distance(found[:0], wanted[:0])) == 0
    assert float(presence_agreement(torch.tensor([1.0, -1.0]), torch.tensor([2.0, 3.0]))) == 0.5


def test_gradients_lead_to_the_teacher_and_not_into_it():
    found = torch.zeros(1, 2, requires_grad=True)
    wanted = torch.tensor([[3.0, -3.0]], requires_grad=True)
    score_distance(found, wanted.detach()).backward()
    assert found.grad[0, 0] < 0 < found.grad[0, 1] and wanted.grad is None
