"""Losses of the memory."""

from __future__ import annotations

import torch

from efficientsam3_ros.model.memory.tracking_graphs import Hypotheses
from training.losses.memory import MemoryLossWeights, memory_loss
from training.losses.terms import weighted


def test_absent_objects_teach_visibility_and_nothing_else():
    logits = torch.zeros(2, 3, 24, 32, requires_grad=True)
    qualities = torch.full((2, 3), 0.5, requires_grad=True)
    visibility = torch.zeros(2, requires_grad=True)
    empty = torch.zeros(2, 3, 4)
    found = Hypotheses(logits, qualities, visibility, empty, empty)
    truth = torch.zeros(2, 24, 32)
    truth[0, 4:12, 4:12] = 1
    visible = torch.tensor([True, False])
    weights = MemoryLossWeights()
    weighted(memory_loss(found, truth, visible, ~visible), weights).backward()
    assert logits.grad[0].abs().sum() > 0 and logits.grad[1].abs().sum() == 0
    assert qualities.grad[0].abs().sum() > 0 and qualities.grad[1].abs().sum() == 0
    assert visibility.grad[0] < 0 < visibility.grad[1]
    none = torch.tensor([False, False])
    loss = memory_loss(found, truth, none, none)
    assert weighted(loss, weights) == 0 and torch.isfinite(loss['iou'])
