"""Feature distillation, by hand: means, variances, valid places."""

from __future__ import annotations

import pytest
import torch

from training.losses.features import feature_distance, map_distance, token_distance


def test_each_channel_is_measured_in_the_teachers_variance():
    # Channel 0 has variance 1, channel 1 has variance 4.
    wanted = torch.tensor([[1.0, 2.0], [-1.0, -2.0]])
    found = wanted + torch.tensor([[1.0, 2.0], [0.0, 0.0]])
    error, cosine = feature_distance(found, wanted)
    # (1 / 1 + 4 / 4 + 0 + 0) over two vectors of two channels; directions are the same.
    assert float(error) == pytest.approx(0.5)
    assert float(cosine) == pytest.approx(0.0, abs=1e-6)


def test_more_channels_do_not_weigh_more():
    found, wanted = torch.randn(6, 4), torch.randn(6, 4)
    once, twice = (
        feature_distance(found, wanted),
        feature_distance(found.repeat(1, 3), wanted.repeat(1, 3)),
    )
    torch.testing.assert_close(once, twice)


def test_a_dead_channel_does_not_explode():
    wanted = torch.tensor([[1.0, 5.0], [-1.0, 5.0]])
    error, _ = feature_distance(wanted + torch.tensor([0.0, 0.1]), wanted)
    # The mean variance is .5, so that of the dead channel counts as .005.
    assert float(error) == pytest.approx(0.01 / 0.005 / 2, rel=1e-4)


def test_the_cosine_is_that_of_vectors_not_of_the_whole_map():
    wanted = torch.tensor([[3.0, 0.0], [0.0, 1.0]])
    found = torch.tensor([[0.0, 2.0], [0.0, 7.0]])
    assert float(feature_distance(found, wanted)[1]) == pytest.approx(0.5)


def test_cells_that_are_not_valid_do_not_count():
    wanted = torch.randn(1, 3, 2, 2)
    found = wanted.clone()
    found[..., 1, 1] = 100
    valid = torch.tensor([[[True, True], [True, False]]])
    error, cosine = map_distance(found, wanted, valid)
    assert float(error) == 0 and float(cosine) == pytest.approx(0, abs=1e-6)
    assert float(map_distance(found, wanted)[0]) > 1


def test_a_finer_map_of_the_teacher_is_averaged():
    wanted = torch.arange(16.0).reshape(1, 1, 4, 4)
    found = torch.tensor([[[[2.5, 4.5], [10.5, 12.5]]]])
    assert float(map_distance(found, wanted)[0]) == 0


def test_pads_do_not_count_and_gradients_reach_the_student_alone():
    found, wanted = torch.randn(2, 3, 4, requires_grad=True), torch.randn(2, 3, 4)
    mask = torch.tensor([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    error, cosine = token_distance(found, wanted, mask)
    (error + cosine).backward()
    gradient = found.grad
    assert gradient is not None
    moved = gradient.abs().sum(-1) > 0
    assert moved.tolist() == mask.bool().tolist()
    nothing = token_distance(found, wanted, 0 * mask)
    assert [float(x.detach()) for x in nothing] == [0, 0]
