"""A memory with what it remembers of the objects of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from efficientsam3_ros.model.memory.prompts import PromptCode, Prompts
from efficientsam3_ros.model.memory.tracking_graphs import Hypotheses, VideoMemory
from training.data.clips.clip_batch import ClipBatch
from training.memory.state import MemoryState

_CERTAIN = 10.0


@dataclass(frozen=True)
class Step:
    """One answer about a frame of a clip.

    Attributes:
        index: The frame's number, from 0; the first one is answered only where it is asked for.
        found: What the memory says.
        taught: What the teacher's memory says.
        again: Whether the frame was answered before, and is now corrected.
    """

    index: int
    found: Hypotheses
    taught: Hypotheses | None = None
    again: bool = False

    @classmethod
    def of(cls, index: int, found: Sequence[Hypotheses], again: bool = False) -> Step:
        """Return what the student says, and the teacher if there is one."""
        student, *teacher = found
        return cls(index, student, teacher[0] if teacher else None, again)


@dataclass(frozen=True)
class Shown:
    """Masks (N, h, w) and object scores (N,) for ``memorise``, and where they are kept."""

    logits: Tensor
    score: Tensor
    recent: Tensor
    conditioning: Tensor


class Follower:
    """Follows the objects of a batch.

    Args:
        network: The memory.
        batch: The clips, as the memory's image encoder sees them.
    """

    _state: MemoryState

    def __init__(self, network: VideoMemory, batch: ClipBatch) -> None:
        self._network, self._batch = network, batch

    def begin(self, logits: Tensor) -> None:
        """Remember the first frame with masks (N, h, w) that are trusted."""
        score = torch.ones_like(self._batch.age_step)
        latents = self._network.memorise(self._batch.frame(0)[-1], logits, score)
        self._state = MemoryState.begin(self._network.config, latents)

    def find(self, index: int) -> Hypotheses:
        """Look for the objects in the next frame."""
        self._state = self._state.aged(self._batch.age_step)
        levels = self._batch.frame(index)
        return self._network.track_step.hypotheses(*levels, self._state.bank)

    def unread(self) -> Tensor:
        """Return the first frame, which has no memory to read: (N, cells, width)."""
        objects = len(self._batch.age_step)
        return self._network.track_step.without_memory(self._batch.frame(0)[-1], objects)

    def answer(
        self, index: int, conditioned: Tensor, prompts: Prompts, code: PromptCode
    ) -> Hypotheses:
        """Answer prompts about a frame that has read the memory (N, cells, width)."""
        level_0, level_1, _ = self._batch.frame(index)
        step = self._network.track_step
        asked = step.mask_decoder.read(prompts, code)
        return step.answer(level_0, level_1, conditioned, asked)

    def remember(self, index: int, shown: Shown, found: Hypotheses) -> None:
        """Take in a frame."""
        level_2 = self._batch.frame(index)[-1]
        rows = torch.arange(len(shown.score), device=shown.score.device)
        self._state = self._state.add(
            latents=self._network.memorise(level_2, shown.logits, shown.score),
            recent=shown.recent,
            conditioning=shown.conditioning,
            pointers=found.pointers[rows, found.qualities.argmax(1)],
            pointed=(shown.recent | shown.conditioning) & (found.object_logits > 0),
        )


def best_mask(found: Hypotheses) -> Tensor:
    """Return the mask logits (N, h, w) that the exported graph returns."""
    rows = torch.arange(len(found.qualities), device=found.qualities.device)
    return found.mask_logits[rows, found.qualities.argmax(1)]


def certain(soft: Tensor) -> Tensor:
    """Turn a mask 0..1 into the logits of a mask from elsewhere, -10..10."""
    return (2 * soft - 1) * _CERTAIN
