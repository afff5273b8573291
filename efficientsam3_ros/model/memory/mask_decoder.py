"""SAM's mask decoder: several masks of an object with their qualities, and whether it is seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
import math

from timm.layers import LayerNorm2d
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.layers.layers import Mlp, fixed_grid_centers
from efficientsam3_ros.model.layers.pointwise import Pointwise
from efficientsam3_ros.model.memory.config import MemoryConfig
from efficientsam3_ros.model.memory.part_configs import MaskDecoderConfig
from efficientsam3_ros.model.memory.prompts import PromptCode, Prompts, PromptTokens
from efficientsam3_ros.model.memory.resizing import resized
from efficientsam3_ros.model.memory.two_way import TwoWayTransformer

# Before the mask tokens stand the object token and the quality token.
_FIRST_MASK = 2


@dataclass(frozen=True)
class DecodedMasks:
    """Hypotheses of N objects; masks are products that may be left undone.

    Attributes:
        tokens: (N, H, width), one for each hypothesis.
        kernels: (N, H, channels) of the hypotheses' masks.
        pixels: (N, channels, rows, columns), what kernels are multiplied with.
        fine_kernels: (N, H, channels of level 0), or None.
        level_0: (1 or N, channels, h, w), what these are multiplied with.
        qualities: (N, H), predicted intersection over union, 0..1.
        object_logits: (N,), above 0 = visible.
        prior: Added to mask logits.
    """

    tokens: Tensor
    kernels: Tensor
    pixels: Tensor
    fine_kernels: Tensor | None
    level_0: Tensor
    qualities: Tensor
    object_logits: Tensor
    prior: float

    def masks(self) -> Tensor:
        """Return mask logits of all hypotheses, (N, H, h, w)."""
        masks = _product(self.kernels, self.pixels) + self.prior
        if self.fine_kernels is None:
            return masks
        fine = _product(self.fine_kernels, self.level_0)
        size = (int(fine.shape[-2]), int(fine.shape[-1]))
        if size == (2 * masks.shape[-2], 2 * masks.shape[-1]):
            # By a factor: engines then need not know the number of objects.
            coarse = F.interpolate(masks, scale_factor=2.0, mode='bilinear', align_corners=False)
            return coarse + fine
        return resized(masks, size) + fine

    def best(self) -> DecodedMasks:
        """Keep the hypothesis of the highest quality, H = 1."""
        count = self.qualities.shape[1]
        best = self.qualities.argmax(1, keepdim=True)
        # A sum with one weight of 1 instead of a gather: plain arithmetic for every engine.
        chosen = (best == torch.arange(count, device=best.device)).to(self.qualities.dtype)

        def keep(values: Tensor) -> Tensor:
            return (chosen[..., None] * values).sum(1, keepdim=True)

        return replace(
            self,
            tokens=keep(self.tokens),
            kernels=keep(self.kernels),
            fine_kernels=None if self.fine_kernels is None else keep(self.fine_kernels),
            qualities=(chosen * self.qualities).sum(1, keepdim=True),
        )


def _product(kernels: Tensor, pixels: Tensor) -> Tensor:
    """Multiply kernels (N, H, C) with a map (1 or N, C, h, w) to (N, H, h, w)."""
    grid = (int(pixels.shape[-2]), int(pixels.shape[-1]))
    return (kernels @ pixels.flatten(2)).unflatten(2, grid)


class MaskDecoder(nn.Module):
    """Tokens and a map that has read the memory become masks.

    Args:
        config: The memory.
    """

    fourier: Tensor

    def __init__(self, config: MemoryConfig) -> None:
        super().__init__()
        width, sizes = config.width, config.decoder
        masks = sizes.hypotheses + sizes.single_mask
        self.grid, self.prompts, self.masks = config.grid, sizes.prompt_tokens, masks
        self.first = _FIRST_MASK + sizes.single_mask
        self.product, self.prior = sizes.finest == 'product', sizes.prior
        self.object_token = nn.Parameter(torch.randn(1, width))
        self.quality_token = nn.Parameter(torch.randn(1, width))
        self.mask_tokens = nn.Parameter(torch.randn(masks, width))
        self.no_point = nn.Parameter(torch.randn(1, width)) if self.prompts else None
        self.no_mask = nn.Parameter(torch.zeros(1, width))
        self.register_buffer('fourier', torch.randn(2, width // 2))
        self.transformer = TwoWayTransformer(width, sizes)
        self.upscaling = Upscaling(width, sizes)
        self.channels = sizes.upscaling[-1]
        fine = sizes.level_channels[0] if sizes.finest == 'product' else 0
        self.kernels = nn.ModuleList(
            Mlp(width, width, width, self.channels + fine) for _ in range(masks)
        )
        self.quality_head = Mlp(width, width, width, masks)
        self.object_head = Mlp(width, width, width, 1)

    def forward(
        self,
        frame: Tensor,
        level_0: Tensor,
        level_1: Tensor,
        asked: PromptTokens | None = None,
    ) -> DecodedMasks:
        """Decode.

        Args:
            frame: (N, cells, width) tokens of image level 2 that have read the memory.
            level_0: (1 or N, channels, h, w).
            level_1: (1 or N, channels, h', w').
            asked: Prompts; where they are unambiguous, H is 1 if the weights have such a mask.
        """
        tokens = self._tokens(frame.shape[0], asked)
        dense = self.no_mask if asked is None or asked.dense is None else asked.dense
        tokens, image = self.transformer(tokens, frame + dense, self._position())
        image = image.transpose(1, 2).unflatten(2, self.grid)
        first, last = self.first, _FIRST_MASK + self.masks
        if asked is not None and asked.single and first > _FIRST_MASK:
            first, last = _FIRST_MASK, first
        chosen = tokens[:, first:last]
        heads = list(self.kernels)[first - _FIRST_MASK : last - _FIRST_MASK]
        kernels = torch.stack([head(chosen[:, index]) for index, head in enumerate(heads)], 1)
        qualities = self.quality_head(tokens[:, 1]).sigmoid()
        return DecodedMasks(
            tokens=chosen,
            kernels=kernels[..., : self.channels],
            pixels=self.upscaling(image, level_0, level_1),
            fine_kernels=kernels[..., self.channels :] if self.product else None,
            level_0=level_0,
            qualities=qualities[:, first - _FIRST_MASK : last - _FIRST_MASK],
            object_logits=self.object_head(tokens[:, 0])[:, 0],
            prior=self.prior,
        )

    def read(self, prompts: Prompts, code: PromptCode) -> PromptTokens:
        """Return prompts in this decoder's positions."""
        return code(prompts, self.fourier, self.no_point, self.grid)

    def _tokens(self, objects: int, asked: PromptTokens | None) -> Tensor:
        tokens: list[Tensor] = [self.object_token, self.quality_token, self.mask_tokens]
        if self.no_point is not None:
            # Points take the place of all but the last, which ends them.
            tokens += [self.no_point] * (self.prompts if asked is None else 1)
        own = torch.cat(tokens)[None].expand(objects, -1, -1)
        if asked is None:
            return own
        ends = own.shape[1] - (self.no_point is not None)
        return torch.cat([own[:, :ends], asked.tokens, own[:, ends:]], 1)

    def _position(self) -> Tensor:
        """Return the random Fourier code of the map's cells, (1, cells, width)."""
        centers = fixed_grid_centers(*self.grid, device=self.fourier.device)
        angle = 2 * math.pi * ((2 * centers - 1) @ self.fourier)
        return torch.cat([angle.sin(), angle.cos()], -1)[None]


class Upscaling(nn.Module):
    """Double a map several times, with finer image levels added on the way.

    Args:
        width: Channels of the map.
        config: The mask decoder.
    """

    def __init__(self, width: int, config: MaskDecoderConfig) -> None:
        super().__init__()
        sizes = (width, *config.upscaling)
        self.doublings = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 2, stride=2) for a, b in pairwise(sizes)
        )
        self.norms = nn.ModuleList(LayerNorm2d(c, eps=1e-6) for c in config.upscaling[:-1])
        finest, second = config.level_channels
        self.lateral_1 = Pointwise(second, config.upscaling[0])
        self.lateral_0 = (
            Pointwise(finest, config.upscaling[-1]) if config.finest == 'sum' else None
        )

    def forward(self, image: Tensor, level_0: Tensor, level_1: Tensor) -> Tensor:
        """Return (N, channels, h, w) of (N, width, rows, columns)."""
        image = F.gelu(self.norms[0](self.doublings[0](image) + self.lateral_1(level_1)))
        for index, norm in enumerate(self.norms[1:], 1):
            image = F.gelu(norm(self.doublings[index](image)))
        image = self.doublings[-1](image)
        if self.lateral_0 is not None:
            image = image + self.lateral_0(level_0)
        return F.gelu(image)
