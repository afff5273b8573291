"""What a training step of the memory consumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from training.data.clips.clip_windows import GONE

VISIBLE = 0.0005
"""Share of the image from which the object score is to say "visible"; below ``GONE`` "absent"."""


@dataclass(frozen=True)
class ClipBatch:
    """B clips of T frames, N = B * objects followed in each, the objects of clip 0 first.

    Attributes:
        levels: Finest first, each (B, T, C, h, w), float16 as cached.
        masks: float32 (T, N, h, w) soft masks on the grid of level 0: share of a cell covered.
        given: float32 (T, N, h, w) the same as a detector would give them.
        shares: float32 (T, N) share of the image that the object covers.
        age_step: float32 (N,) frames of the camera between two frames of the clip.
    """

    levels: tuple[Tensor, ...]
    masks: Tensor
    given: Tensor
    shares: Tensor
    age_step: Tensor

    @property
    def frames(self) -> int:
        """T."""
        return len(self.masks)

    @property
    def visible(self) -> Tensor:
        """Bool (T, N): in view."""
        return self.shares >= VISIBLE

    @property
    def absent(self) -> Tensor:
        """Bool (T, N): not in view. Neither holds for the few pixels in between."""
        return self.shares < GONE

    def frame(self, index: int) -> tuple[Tensor, Tensor, Tensor]:
        """Return the levels of one frame for each object: float32 (1 or N, C, h, w)."""
        levels = [level[:, index].float() for level in self.levels]
        clips = len(levels[0])
        if clips > 1:
            objects = len(self.age_step) // clips
            levels = [level.repeat_interleave(objects, 0) for level in levels]
        level_0, level_1, level_2 = levels
        return level_0, level_1, level_2

    def to(self, device: torch.device) -> ClipBatch:
        """Move every tensor."""
        moved = {k: v.to(device) for k, v in vars(self).items() if k != 'levels'}
        return replace(self, levels=tuple(x.to(device) for x in self.levels), **moved)


def joined(clips: Sequence[ClipBatch]) -> ClipBatch:
    """Make one batch of several clips of the same length."""
    return ClipBatch(
        levels=tuple(torch.cat(parts) for parts in zip(*(c.levels for c in clips))),
        masks=torch.cat([c.masks for c in clips], 1),
        given=torch.cat([c.given for c in clips], 1),
        shares=torch.cat([c.shares for c in clips], 1),
        age_step=torch.cat([c.age_step for c in clips]),
    )
