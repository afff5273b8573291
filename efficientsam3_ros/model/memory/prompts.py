"""Clicks, boxes and earlier masks as SAM reads them: asked in training, never by the robot."""

from __future__ import annotations

from dataclasses import dataclass
import math

from timm.layers import LayerNorm2d
import torch
from torch import Tensor, nn

from efficientsam3_ros.model.memory.resizing import resized

OUTSIDE, INSIDE, FIRST_CORNER, LAST_CORNER = range(4)
NO_POINT = -1
_MASK_CHANNELS = (4, 16)
_MASK_SCALE = 4
"""Cells of an earlier mask for one of the grid, per side."""


@dataclass(frozen=True)
class Prompts:
    """What is asked about N objects beside what is remembered of them.

    Attributes:
        points: (N, P, 2) x and y, each 0..1 of the image.
        labels: (N, P) int64: ``INSIDE``, ``OUTSIDE``, corners of a box, or ``NO_POINT``.
        mask: (N, h, w) logits of an earlier answer, which the points correct; None for none.
    """

    points: Tensor
    labels: Tensor
    mask: Tensor | None = None


@dataclass(frozen=True)
class PromptTokens:
    """Prompts as a mask decoder takes them.

    Attributes:
        tokens: (N, P, width); the decoder adds its own "not a point" at their end.
        dense: (N, cells, width) that takes the place of "no mask", or None.
        single: Whether the answer is unambiguous: one mask, not several to choose from.
    """

    tokens: Tensor
    dense: Tensor | None
    single: bool


class PromptCode(nn.Module):
    """How SAM tells points, corners and masks to its mask decoder; frozen, shared by all decoders.

    Args:
        width: Channels of a token.
        masks: Whether earlier masks are told.
    """

    labels: Tensor

    def __init__(self, width: int, masks: bool = True) -> None:
        super().__init__()
        self.register_buffer('labels', torch.zeros(4, width))
        self.mask = _mask_encoder(width) if masks else None
        self.requires_grad_(False)

    @classmethod
    def drawn(cls, width: int) -> PromptCode:
        """Return the code of networks that do not come from SAM 3: random, the same every time."""
        code = cls(width, masks=False)
        # Drawn on the CPU, whatever the default device.
        generator = torch.Generator().manual_seed(0)
        code.labels.copy_(torch.randn(4, width, generator=generator, device='cpu'))
        return code

    def forward(
        self, prompts: Prompts, fourier: Tensor, no_point: Tensor | None, grid: tuple[int, int]
    ) -> PromptTokens:
        """Encode.

        Args:
            prompts: What is asked.
            fourier: (2, width / 2) frequencies of the decoder's positions.
            no_point: (1, width), what stands where there is no point; zeros if None.
            grid: Rows and columns of the decoder's map.
        """
        centered = 2 * prompts.points.to(fourier.dtype) - 1
        # No matrix product: in bfloat16 a point would lie several pixels elsewhere.
        x, y = centered.unsqueeze(-1).unbind(-2)
        angle = 2 * math.pi * (x * fourier[0] + y * fourier[1])
        known = (prompts.labels != NO_POINT)[..., None]
        coded = torch.cat([angle.sin(), angle.cos()], -1) + self.labels[prompts.labels.clamp(0)]
        nothing = torch.zeros_like(self.labels[:1]) if no_point is None else no_point
        return PromptTokens(
            tokens=torch.where(known, coded, nothing),
            dense=self._dense(prompts.mask, grid),
            single=prompts.labels.shape[1] > 1,
        )

    def _dense(self, mask: Tensor | None, grid: tuple[int, int]) -> Tensor | None:
        if mask is None or self.mask is None:
            return None
        size = (_MASK_SCALE * grid[0], _MASK_SCALE * grid[1])
        return self.mask(resized(mask[:, None], size)).flatten(2).transpose(1, 2)


def _mask_encoder(width: int) -> nn.Sequential:
    """Return SAM's: from logits (N, 1, 4 rows, 4 columns) to (N, width, rows, columns)."""
    first, second = _MASK_CHANNELS
    return nn.Sequential(
        nn.Conv2d(1, first, 2, stride=2),
        LayerNorm2d(first, eps=1e-6),
        nn.GELU(),
        nn.Conv2d(first, second, 2, stride=2),
        LayerNorm2d(second, eps=1e-6),
        nn.GELU(),
        nn.Conv2d(second, width, 1),
    )
