"""What is remembered of each object, and its memory tokens with their codes of time."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from efficientsam3_ros.model.layers.layers import MASKED_BIAS, position_code
from efficientsam3_ros.model.memory.config import MemoryConfig

_TEMPERATURE = 10000.0


@dataclass(frozen=True)
class MemoryBank:
    """Remembered frames and pointers of N objects.

    Attributes:
        memory: (N, S, L, C) latents of S frames: conditioning slots, then recent ones, newest
            first.
        memory_valid: (N, S), 1 = taken.
        pointers: (N, P, width).
        pointer_ages: (N, P), frames since.
        pointer_valid: (N, P), 1 = taken.
    """

    memory: Tensor
    memory_valid: Tensor
    pointers: Tensor
    pointer_ages: Tensor
    pointer_valid: Tensor

    @classmethod
    def empty(cls, config: MemoryConfig, objects: int) -> MemoryBank:
        """Return a bank without any memory."""
        slots, pointers = config.slots, config.pointer_slots
        return cls(
            torch.zeros(objects, slots, config.latents, config.memory_width),
            torch.zeros(objects, slots),
            torch.zeros(objects, pointers, config.width),
            torch.zeros(objects, pointers),
            torch.zeros(objects, pointers),
        )


@dataclass(frozen=True)
class MemoryTokens:
    """Memory as keys and values.

    Attributes:
        keys: (N, S, L, C) latents with the codes of place and time.
        values: (N, S, L, C) latents.
        pointer_keys: (N, M, C) pointers with the code of their age.
        pointers: (N, M, C).
        bias: (N, 1, 1, S * L + M), added to attention logits.
        present: (N, 1, 1), 1 = an object with any memory.
    """

    keys: Tensor
    values: Tensor
    pointer_keys: Tensor
    pointers: Tensor
    bias: Tensor
    present: Tensor


class TemporalCode(nn.Module):
    """Turn a bank into tokens with codes of place and time (SAM 3, public repository).

    Args:
        config: The memory.
    """

    position: Tensor
    frequencies: Tensor

    def __init__(self, config: MemoryConfig) -> None:
        super().__init__()
        width, memory_width = config.width, config.memory_width
        # One row for each recent slot, newest first; the last one for all conditioning slots.
        self.slots = nn.Parameter(torch.zeros(config.recent_slots + 1, 1, 1, memory_width))
        nn.init.trunc_normal_(self.slots, std=0.02)
        self.age_proj = nn.Linear(width, memory_width)
        self.pointer_proj = nn.Linear(width, memory_width) if width % memory_width else None
        self.tokens, self.conditioning = config.pointer_tokens, config.conditioning_slots
        self.latents, self.oldest = config.latents, config.pointer_slots - 1
        self.register_buffer('position', _latent_position(config), persistent=False)
        exponent = 2 * torch.div(torch.arange(width // 2), 2, rounding_mode='floor') / (width // 2)
        self.register_buffer('frequencies', _TEMPERATURE**-exponent, persistent=False)

    def forward(self, bank: MemoryBank) -> MemoryTokens:
        """Return keys, values and their mask."""
        recent, conditioning = self.slots[:-1], self.slots[-1:]
        rows = torch.cat([conditioning.expand(self.conditioning, -1, -1, -1), recent])
        keys = bank.memory + (self.position + rows.squeeze(1))
        pointers, ages = self._pointers(bank.pointers), self._ages(bank.pointer_ages)
        valid = torch.cat(
            [
                bank.memory_valid.repeat_interleave(self.latents, 1),
                bank.pointer_valid.repeat_interleave(self.tokens, 1),
            ],
            1,
        )
        present = torch.cat([bank.memory_valid, bank.pointer_valid], 1).amax(1)
        return MemoryTokens(
            keys,
            bank.memory,
            pointers + ages,
            pointers,
            ((1 - valid) * MASKED_BIAS)[:, None, None],
            present[:, None, None],
        )

    def _pointers(self, pointers: Tensor) -> Tensor:
        if self.pointer_proj is not None:
            return self.pointer_proj(pointers)
        return pointers.unflatten(2, (self.tokens, -1)).flatten(1, 2)

    def _ages(self, ages: Tensor) -> Tensor:
        angle = ages[..., None] / self.oldest * self.frequencies
        code = self.age_proj(torch.cat([angle.sin(), angle.cos()], -1))
        return code[:, :, None].expand(-1, -1, self.tokens, -1).flatten(1, 2)


def _latent_position(config: MemoryConfig) -> Tensor:
    """Return the place code of one frame's tokens (1, L, C); global latents have none."""
    if config.kind == 'dense':
        return position_code(*config.grid, config.memory_width)
    windowed = position_code(*config.perceiver.windows, config.memory_width)
    nowhere = torch.zeros(1, config.perceiver.global_latents, config.memory_width)
    return torch.cat([nowhere, windowed], 1)
