"""The mean over answers: corrections count, the memory that a frame read counts once."""

from __future__ import annotations

import pytest
import torch

from efficientsam3_ros.model.memory.tracking_graphs import Hypotheses
from training.data.clips.clip_batch import ClipBatch
from training.losses.memory import memory_loss
from training.memory.follower import Step
from training.memory.objective import rollout_terms


def said(logit: float, feature: float) -> Hypotheses:
    """Return the same logit in four cells of the one object."""
    return Hypotheses(
        torch.full((1, 1, 2, 2), logit),
        torch.full((1, 1), 0.5),
        torch.ones(1),
        torch.zeros(1, 1, 4),
        torch.full((1, 3, 4), feature),
    )


def test_features_count_once_a_frame_and_masks_once_an_answer():
    masks = torch.ones(2, 1, 2, 2)
    batch = ClipBatch((), masks, masks, torch.ones(2, 1), torch.ones(1))
    teacher = said(9.0, 0.0)
    steps = [
        Step(0, said(-2.0, 1.0), teacher),
        Step(0, said(0.0, 1.0), teacher, again=True),
        Step(0, said(2.0, 1.0), teacher, again=True),
        Step(1, said(0.0, 3.0), teacher),
    ]
    terms = rollout_terms(steps, batch)
    # Of 1 and 9, not of 1, 1, 1 and 9.
    assert float(terms['features']) == 5
    each = [
        memory_loss(step.found, masks[0], torch.tensor([True]), torch.tensor([False]), teacher)
        for step in steps
    ]
    for name in ('mask', 'dice', 'agreement', 'object'):
        mean = sum(float(one[name]) for one in each) / 4
        assert float(terms[name]) == pytest.approx(mean), name
