"""The moving average of weights."""

from copy import deepcopy

import pytest
import torch

from training.runtime import update_average


def test_the_average_leaves_the_start_quickly_then_moves_slowly():
    module = torch.nn.Linear(1, 1)
    average = deepcopy(module)
    with torch.no_grad():
        module.weight.fill_(1.0)
    for step in range(50):
        update_average(average, module, 0.99, step)
    assert average.weight.item() == pytest.approx(1.0, abs=0.01)
    with torch.no_grad():
        module.weight.fill_(2.0)
    update_average(average, module, 0.99, 5000)
    assert average.weight.item() == pytest.approx(1.01, abs=0.005)


def test_what_is_frozen_keeps_its_bits():
    module = torch.nn.Linear(2, 1)
    with torch.no_grad():
        module.weight.copy_(torch.tensor([[-0.0, 1 / 3]]))
    module.weight.requires_grad_(False)
    average = deepcopy(module)
    for step in range(5):
        update_average(average, module, 0.99, step)
    # -0.0 equals 0.0, but another bit is another encoder to a memory that was trained on it.
    assert average.weight.numpy().tobytes() == module.weight.numpy().tobytes()
