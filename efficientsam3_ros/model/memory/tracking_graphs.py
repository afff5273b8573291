"""The two graphs of the video half: find known objects in a frame, and remember them."""

from __future__ import annotations

from dataclasses import dataclass

from timm.layers import LayerNorm2d
import torch
from torch import Tensor, nn

from efficientsam3_ros.model.layers.layers import Mlp
from efficientsam3_ros.model.memory.attention import MemoryAttention
from efficientsam3_ros.model.memory.bank import MemoryBank, TemporalCode
from efficientsam3_ros.model.memory.config import MemoryConfig
from efficientsam3_ros.model.memory.encoder import MemoryEncoder
from efficientsam3_ros.model.memory.mask_decoder import DecodedMasks, MaskDecoder
from efficientsam3_ros.model.memory.perceiver import SpatialPerceiver
from efficientsam3_ros.model.memory.prompts import PromptTokens
from efficientsam3_ros.model.memory.resizing import resized


@dataclass(frozen=True)
class Hypotheses:
    """All that a step says of N objects, as training needs it.

    Attributes:
        mask_logits: (N, H, h, w).
        qualities: (N, H), predicted intersection over union, 0..1.
        object_logits: (N,), above 0 = visible.
        pointers: (N, H, width); the learned one of absence where the object is not visible.
        conditioned: (N, cells, width), the frame after it has read the memory.
    """

    mask_logits: Tensor
    qualities: Tensor
    object_logits: Tensor
    pointers: Tensor
    conditioned: Tensor


class TrackStep(nn.Module):
    """Find every remembered object in a new frame.

    Args:
        config: The memory.
    """

    def __init__(self, config: MemoryConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.level_norms = nn.ModuleList(_level_norm(config, index) for index in range(3))
        self.temporal_code = TemporalCode(config)
        self.memory_attention = MemoryAttention(config)
        self.no_memory = nn.Parameter(torch.zeros(1, 1, width))
        self.mask_decoder = MaskDecoder(config)
        self.pointer_head = Mlp(width, width, width, width)
        self.no_pointer = nn.Parameter(torch.zeros(1, width))
        for parameter in (self.no_memory, self.no_pointer):
            nn.init.trunc_normal_(parameter, std=0.02)

    def forward(
        self,
        level_0: Tensor,
        level_1: Tensor,
        level_2: Tensor,
        memory: Tensor,
        memory_valid: Tensor,
        pointers: Tensor,
        pointer_ages: Tensor,
        pointer_valid: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Run as exported: the best hypothesis of N objects.

        Args:
            level_0: (1, channels, h, w) finest image level.
            level_1: (1, channels, h', w').
            level_2: (1, width, rows, columns).
            memory: (N, S, L, C) latents, conditioning slots first, then recent, newest first.
            memory_valid: (N, S), 1 = taken.
            pointers: (N, P, width).
            pointer_ages: (N, P), frames since.
            pointer_valid: (N, P), 1 = taken.

        Returns:
            mask logits (N, h, w), quality (N,) 0..1, object score (N,) 0..1 and pointer
            (N, width).
        """
        bank = MemoryBank(memory, memory_valid, pointers, pointer_ages, pointer_valid)
        best = self._decode(level_0, level_1, self.condition(level_2, bank)).best()
        return (
            best.masks()[:, 0],
            best.qualities[:, 0],
            best.object_logits.sigmoid(),
            self._pointers(best)[:, 0],
        )

    def hypotheses(
        self, level_0: Tensor, level_1: Tensor, level_2: Tensor, bank: MemoryBank
    ) -> Hypotheses:
        """Run as trained: every hypothesis.

        Args:
            level_0: (1 or N, channels, h, w); N frames if objects are of several clips.
            level_1: (1 or N, channels, h', w').
            level_2: (1 or N, width, rows, columns).
            bank: Memory of N objects.
        """
        return self.answer(level_0, level_1, self.condition(level_2, bank))

    def answer(
        self,
        level_0: Tensor,
        level_1: Tensor,
        conditioned: Tensor,
        asked: PromptTokens | None = None,
    ) -> Hypotheses:
        """Find the objects in a frame that has read the memory already.

        Args:
            level_0: (1 or N, channels, h, w).
            level_1: (1 or N, channels, h', w').
            conditioned: (N, cells, width), of :meth:`condition`.
            asked: Prompts about the objects, of ``mask_decoder.read``.
        """
        found = self._decode(level_0, level_1, conditioned, asked)
        return Hypotheses(
            found.masks(),
            found.qualities,
            found.object_logits,
            self._pointers(found),
            conditioned,
        )

    def condition(self, level_2: Tensor, bank: MemoryBank) -> Tensor:
        """Let the frame (1 or N, width, rows, columns) read the memory: (N, cells, width).

        An object without any memory gets the frame with a learned mark instead.
        """
        frame = self._cells(level_2)
        tokens = self.temporal_code(bank)
        read = self.memory_attention(frame, tokens)
        unread = frame + self.no_memory
        return tokens.present * read + (1 - tokens.present) * unread

    def without_memory(self, level_2: Tensor, objects: int) -> Tensor:
        """Return the frame (1 or N, width, rows, columns) N objects begin in: (N, cells, width).

        It is what :meth:`condition` returns of an empty memory.
        """
        return (self._cells(level_2) + self.no_memory).expand(objects, -1, -1)

    def _cells(self, level_2: Tensor) -> Tensor:
        level_2 = resized(level_2, self.config.grid)
        return self.level_norms[2](level_2).flatten(2).transpose(1, 2)

    def _decode(
        self,
        level_0: Tensor,
        level_1: Tensor,
        conditioned: Tensor,
        asked: PromptTokens | None = None,
    ) -> DecodedMasks:
        rows, columns = self.config.grid
        level_1 = resized(level_1, (2 * rows, 2 * columns))
        fine, middle = self.level_norms[0](level_0), self.level_norms[1](level_1)
        return self.mask_decoder(conditioned, fine, middle, asked)

    def _pointers(self, found: DecodedMasks) -> Tensor:
        visible = (found.object_logits > 0).to(found.tokens.dtype)[:, None, None]
        return visible * self.pointer_head(found.tokens) + (1 - visible) * self.no_pointer


class Memorise(nn.Module):
    """Turn a frame and the masks of its objects into memory.

    Args:
        config: The memory.
    """

    def __init__(self, config: MemoryConfig) -> None:
        super().__init__()
        self.config = config
        self.level_norm = _level_norm(config, 2)
        self.memory_encoder = MemoryEncoder(config)
        self.perceiver = SpatialPerceiver(config) if config.kind == 'perceiver' else None

    def forward(self, level_2: Tensor, mask_logits: Tensor, object_score: Tensor) -> Tensor:
        """Remember.

        Args:
            level_2: (1 or N, width, rows, columns).
            mask_logits: (N, h, w), of the track step, or +-10 for a mask of any other source.
            object_score: (N,) probability that the object is visible.

        Returns:
            Latents (N, L, C).
        """
        (rows, columns), scale = self.config.grid, self.config.decoder.scale
        level_2 = resized(level_2, (rows, columns))
        mask_logits = resized(mask_logits[:, None], (rows * scale, columns * scale))[:, 0]
        memory = self.memory_encoder(self.level_norm(level_2), mask_logits, object_score)
        if self.perceiver is None:
            return memory.flatten(2).transpose(1, 2)
        return self.perceiver(memory)


def _level_norm(config: MemoryConfig, index: int) -> nn.Module:
    if not config.normalized_levels:
        return nn.Identity()
    return LayerNorm2d(config.level_channels[index], eps=1e-5)


class VideoMemory(nn.Module):
    """The video half of a network; its two children are what an export writes.

    Args:
        config: The memory.
    """

    def __init__(self, config: MemoryConfig) -> None:
        super().__init__()
        self.config = config
        self.track_step = TrackStep(config)
        self.memorise = Memorise(config)
