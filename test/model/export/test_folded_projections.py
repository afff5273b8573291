"""Projections that move into the neck change no number, and only what they may."""

from __future__ import annotations

import pytest
from random_weights import relative_difference
from tiny_student import tiny_student, tiny_video
import torch

from efficientsam3_ros.model.export.folded_projections import narrowed
from efficientsam3_ros.model.export.memory_export import example_bank


def answers(student, memory) -> tuple[list[torch.Tensor], tuple[torch.Tensor, ...]]:
    generator = torch.Generator().manual_seed(4)
    side = student.config.size
    with torch.inference_mode():
        levels = student.image_encoder(torch.randn(1, 3, side, side, generator=generator))
        torch.manual_seed(5)
        bank = vars(example_bank(memory.config, 3)).values()
        return levels, memory.track_step(*levels[-3:], *bank)


@pytest.mark.parametrize('kind', ['dense', 'perceiver'])
def test_a_tracker_finds_the_same_in_narrow_levels(kind):
    student = tiny_student('efficientvit_b0', 'sam3', tracker_neck=True)
    memory = tiny_video(student, kind)
    before = {key: value.clone() for key, value in memory.state_dict().items()}
    slim = narrowed(student, memory)
    levels, found = answers(*slim)
    whole, expected = answers(student, memory)
    assert [level.shape[1] for level in levels] == [32, 32, 32, 8, 16, 32]
    assert slim[1].config.level_channels == (8, 16, 32)
    for value, reference in zip((*levels[:3], *found), (*whole[:3], *expected), strict=True):
        assert relative_difference(value, reference) <= 1e-5
    # The trained networks stay as they are.
    assert all(torch.equal(value, before[key]) for key, value in memory.state_dict().items())
    assert [level.shape[1] for level in whole] == [32] * 6


def test_levels_that_serve_the_detector_keep_their_width():
    for neck in ('lean', 'sam3'):
        student = tiny_student('efficientvit_b0', neck)
        memory = tiny_video(student, 'perceiver')
        assert narrowed(student, memory) == (student, memory)
