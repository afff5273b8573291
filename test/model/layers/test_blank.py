"""Networks without random weights."""

from __future__ import annotations

import pytest
import torch
from torch import nn

timm = pytest.importorskip('timm')

from efficientsam3_ros.model.layers.blank import Blank  # noqa: E402


def test_nothing_random_is_drawn_and_the_rest_is_made():
    before = torch.get_rng_state()
    with Blank():
        layer = nn.Sequential(nn.Linear(3, 4), nn.Conv2d(1, 2, 3), nn.Embedding(5, 2))
        norm = nn.LayerNorm(4)
        timm.layers.trunc_normal_(layer[0].weight, std=0.02)
        for fill in (nn.init.kaiming_normal_, nn.init.xavier_uniform_, nn.init.trunc_normal_):
            assert fill(tensor=layer[0].weight) is layer[0].weight
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(norm.weight, torch.ones(4))
    assert {name: tuple(value.shape) for name, value in layer.state_dict().items()} == {
        '0.weight': (4, 3), '0.bias': (4,), '1.weight': (2, 1, 3, 3), '1.bias': (2,),
        '2.weight': (5, 2),
    }  # fmt: skip
    nn.Linear(3, 4)
    assert not torch.equal(torch.get_rng_state(), before)
