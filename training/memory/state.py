"""The ring of ``tracking.memory_ring`` as tensors that gradients pass through."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from efficientsam3_ros.model.memory.bank import MemoryBank
from efficientsam3_ros.model.memory.config import MemoryConfig


@dataclass(frozen=True)
class MemoryState:
    """What is remembered of N objects; the first conditioning view stays.

    Attributes:
        bank: Slots as the track step reads them, newest first, ages since the last frame.
        conditioning: How many slots hold conditioning views.
    """

    bank: MemoryBank
    conditioning: int

    @classmethod
    def begin(cls, config: MemoryConfig, latents: Tensor) -> MemoryState:
        """Start with one conditioning view (N, L, C) of each object."""
        empty = MemoryBank.empty(config, len(latents))
        moved = {name: value.to(latents.device) for name, value in vars(empty).items()}
        memory = torch.cat([latents[:, None], moved['memory'][:, 1:]], 1)
        moved['memory_valid'][:, 0] = 1
        return cls(MemoryBank(**moved | {'memory': memory}), config.conditioning_slots)

    def aged(self, frames: Tensor) -> MemoryState:
        """Let frames (N,) pass."""
        ages = (self.bank.pointer_ages + frames[:, None]) * self.bank.pointer_valid
        return replace(self, bank=replace(self.bank, pointer_ages=ages))

    def add(
        self,
        latents: Tensor,
        recent: Tensor,
        conditioning: Tensor,
        pointers: Tensor,
        pointed: Tensor,
    ) -> MemoryState:
        """Take in one frame; the oldest of a kind of slot makes room.

        Args:
            latents: (N, L, C).
            recent: Bool (N,), they enter the recent slots.
            conditioning: Bool (N,), they enter the conditioning slots instead.
            pointers: (N, W).
            pointed: Bool (N,), the pointer is kept.
        """
        bank, cut = self.bank, self.conditioning
        first = min(1, cut - 1)
        memory, valid = bank.memory, bank.memory_valid
        one = torch.ones_like(valid[:, 0])
        for begin, end, wanted in (
            (first, cut, conditioning),
            (cut, valid.shape[1], recent & ~conditioning),
        ):
            memory = _pushed(memory, latents, begin, end, wanted)
            valid = _pushed(valid, one, begin, end, wanted)
        last = bank.pointers.shape[1]
        bank = MemoryBank(
            memory=memory,
            memory_valid=valid,
            pointers=_pushed(bank.pointers, pointers, 0, last, pointed),
            pointer_ages=_pushed(bank.pointer_ages, 0 * one, 0, last, pointed),
            pointer_valid=_pushed(bank.pointer_valid, one, 0, last, pointed),
        )
        return replace(self, bank=bank)


def _pushed(slots: Tensor, new: Tensor, begin: int, end: int, wanted: Tensor) -> Tensor:
    """Put ``new`` (N, ...) before slots begin..end of (N, S, ...) where wanted, the last falls."""
    if begin == end:
        return slots
    moved = torch.cat(
        [slots[:, :begin], new[:, None], slots[:, begin : end - 1], slots[:, end:]], 1
    )
    return torch.where(wanted.view(-1, *(1,) * (slots.ndim - 1)), moved, slots)
