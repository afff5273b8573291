"""A precision that the CPU only emulates is told, with the remedy."""

from __future__ import annotations

import pytest
import torch

from training.runtime.bfloat16 import bfloat16_warning

CPU = torch.device('cpu')


@pytest.mark.parametrize(
    ('flags', 'precision', 'device', 'told'),
    [
        ('avx2 avx512f avx512_vnni', 'bf16-mixed', CPU, True),
        ('avx2 avx512f avx512_bf16', 'bf16-mixed', CPU, False),
        ('avx512f amx_bf16 amx_tile', 'bf16-mixed', CPU, False),
        ('avx2', '32-true', CPU, False),
        ('avx2', 'bf16-mixed', torch.device('cuda'), False),
    ],
)
def test_slow_bfloat16_is_told_with_its_remedy(tmp_path, flags, precision, device, told):
    info = tmp_path / 'cpuinfo'
    info.write_text(f'processor\t: 0\nflags\t\t: fpu sse {flags}\n')
    text = bfloat16_warning(precision, device, info)
    assert (text is not None) is told
    assert text is None or 'precision=32-true' in text


def test_where_nothing_is_known_nothing_is_told(tmp_path):
    assert bfloat16_warning('bf16-mixed', CPU, tmp_path / 'cpuinfo') is None
