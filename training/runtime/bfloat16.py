"""Whether a run's device computes in bfloat16 by itself."""

from __future__ import annotations

from pathlib import Path

import torch

CPU_INFO = Path('/proc/cpuinfo')
_FEATURES = frozenset({'avx512_bf16', 'amx_bf16', 'bf16', 'svebf16'})
"""What x86 and ARM call it."""


def bfloat16_warning(precision: str, device: torch.device, info: Path = CPU_INFO) -> str | None:
    """Return what to tell of a precision that the CPU only emulates; None if all is well.

    Args:
        precision: Of the run.
        device: Of the run.
        info: What Linux tells of its processors; where it is missing, nothing is told.
    """
    if precision != 'bf16-mixed' or device.type != 'cpu' or not info.is_file():
        return None
    if _FEATURES & set(info.read_text().split()):
        return None
    return (
        'This CPU has neither AVX512-BF16 nor AMX: it emulates bfloat16, which is slower than '
        'float32. Add precision=32-true.'
    )
