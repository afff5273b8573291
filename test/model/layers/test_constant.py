"""Tables of sizes: made once, whoever asks first."""

from __future__ import annotations

import torch

from efficientsam3_ros.model.layers.constant import constant
from efficientsam3_ros.model.layers.layers import fixed_position_code, position_code

CPU = torch.device('cpu')


def test_a_table_is_made_once_for_its_sizes_and_device():
    made = []

    @constant
    def table(*sizes: int) -> torch.Tensor:
        made.append(sizes)
        return torch.arange(6.0).reshape(sizes)

    with torch.inference_mode():
        first = table(2, 3, device=CPU)
    assert table(2, 3, device=CPU) is first and not first.is_inference()
    assert table(2, 3, device=torch.device('meta')).is_meta
    assert table(3, 2, device=CPU).shape == (3, 2)
    assert made == [(2, 3), (2, 3), (3, 2)]


class Placed(torch.nn.Module):
    """Adds places, first asked for while it is traced."""

    def forward(self, x):
        return x + fixed_position_code(3, 5, 8, device=x.device)


def test_a_traced_table_is_a_constant_with_its_values():
    x = torch.zeros(1, 15, 8)
    program = torch.export.export(Placed(), (x,))
    assert 'aten.sin' not in str(program.graph)
    assert torch.equal(program.module()(x), position_code(3, 5, 8))
    assert torch.equal(Placed()(x), position_code(3, 5, 8))
