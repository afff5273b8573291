"""Attention to a few keys: the same numbers as the plain one."""

from __future__ import annotations

import pytest
import torch

from efficientsam3_ros.model.layers.layers import Attention, ReadingAttention, mask_bias


@pytest.mark.parametrize('batch', [1, 3], ids=['shared', 'own'])
def test_it_gives_what_plain_attention_gives(batch):
    torch.manual_seed(0)
    plain, reading = Attention(16, 4), ReadingAttention(16, 4)
    reading.load_state_dict(plain.state_dict())
    query, key, value = torch.randn(batch, 20, 16), torch.randn(3, 5, 16), torch.randn(3, 5, 16)
    mask = torch.tensor([[1.0, 1, 1, 1, 1], [1, 1, 0, 0, 0], [1, 0, 1, 0, 1]])
    expected = plain(query.expand(3, -1, -1), key, value, mask_bias(mask))
    found = reading(query, key, value, mask_bias(mask))
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(
        reading(query, key, value),
        plain(query.expand(3, -1, -1), key, value),
        atol=1e-5,
        rtol=1e-5,
    )
