"""Tables that depend on sizes only: made once, and plain constants in an exported graph."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import torch
from torch import Tensor

_KEPT = 64


def constant(make: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Let a function that makes a table on the CPU keep its results.

    What a forward pass computes of sizes alone, an exporter would trace, decompose and fold
    again, node by node.

    Args:
        make: Makes a tensor of integers.

    Returns:
        Function of the same integers and of a device, which returns the table there. It is shared:
        not to be written to.
    """

    @lru_cache(_KEPT)
    def kept(sizes: tuple[int, ...], device: torch.device) -> Tensor:
        # Exporters trace this thread, and its inference mode would stay with the table.
        with ThreadPoolExecutor(1) as elsewhere:
            return elsewhere.submit(lambda: make(*sizes).to(device)).result()

    def found(*sizes: int, device: torch.device) -> Tensor:
        return kept(sizes, device)

    return found
