"""Rotary positions: relative, and the same as complex numbers."""

from __future__ import annotations

import torch

from efficientsam3_ros.model.layers.layers import attend
from efficientsam3_ros.model.layers.rotary import RotaryAttention, rotary_table, rotate


def test_products_depend_on_the_distance_only():
    grid, query, key = (4, 6), torch.randn(8), torch.randn(8)
    table = rotary_table(grid, 8)
    q, k = (rotate(x.expand(24, 8), table).reshape(4, 6, 8) for x in (query, key))
    first, moved = (q[0, 1] * k[1, 3]).sum(), (q[2, 3] * k[3, 5]).sum()
    assert torch.allclose(first, moved, atol=1e-5)
    assert not torch.allclose(first, (q[0, 1] * k[3, 1]).sum(), atol=1e-3)


def test_tokens_without_place_are_not_turned():
    x = torch.randn(2 + 6, 8)
    turned = rotate(x, rotary_table((2, 3), 8, unrotated=2))
    assert torch.equal(turned[:2], x[:2])
    assert torch.equal(turned[2], x[2]), 'the cell in row 0, column 0 turns by nothing'
    assert not torch.allclose(turned[3:], x[3:])


def test_equals_complex_rotation_of_neighbouring_channels():
    torch.manual_seed(0)
    rows, columns, heads, inner = 3, 5, 2, 16
    attention = RotaryAttention(12, heads, inner, 12).eval()
    x = torch.randn(1, rows * columns, 12)
    table = rotary_table((rows, columns), inner // heads)
    with torch.inference_mode():
        found = attention(
            attention.queries(x, table), attention.keys(x, table), attention.values(x), None
        )
        frequency = 10000.0 ** (-torch.arange(2) * 4 / 8)
        cell = torch.arange(rows * columns)
        angle = torch.cat(
            [(cell % columns)[:, None] * frequency, (cell // columns)[:, None] * frequency], -1
        )
        turn = torch.polar(torch.ones_like(angle), angle)

        def placed(y: torch.Tensor) -> torch.Tensor:
            pairs = y.unflatten(-1, (heads, -1, 2)).transpose(1, 2).contiguous()
            return torch.view_as_real(torch.view_as_complex(pairs) * turn).flatten(-2)

        q, k = placed(attention.q_proj(x)), placed(attention.k_proj(x))
        v = attention.v_proj(x).unflatten(-1, (heads, -1)).transpose(1, 2)
        expected = attention.o_proj(attend(q, k, v, None).transpose(1, 2).flatten(2))
    assert torch.allclose(found, expected, atol=1e-6)
