"""Sizes of the two larger parts of a video half: Perceiver and mask decoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mixing = Literal['joint', 'separate']
Finest = Literal['sum', 'product']
Places = Literal['centres', 'own']


@dataclass(frozen=True)
class PerceiverConfig:
    """Shape of the spatial Perceiver (EdgeTAM, arXiv 2501.07256).

    Attributes:
        global_latents: Latents that read the whole map; they have no position.
        windows: Rows and columns of the windowed latents; each reads its own window.
        depth: Layers, shared by both kinds of latents.
        heads: Attention heads; must divide the memory's width.
        expansion: Hidden channels of a feed-forward block over the memory's width.
        mixing: ``joint``: self-attention among all latents of an object, as EdgeTAM's paper
            says; ``separate``: among the global ones only, as its released code does.
        places: Where a windowed latent stands for rotary attention. ``centers``: at its window's
            centre, in cells of the frame, so that near means the same to both; ``own``: at its
            row and column among the windows, as EdgeTAM does.
        window_positions: Whether windowed latents, too, are told where in the map the cells that
            they read lie; EdgeTAM tells the global ones only. Worth it where a window is not
            much smaller than an object and the map has few windows.
    """

    global_latents: int = 256
    windows: tuple[int, int] = (12, 12)
    depth: int = 2
    heads: int = 1
    expansion: int = 4
    mixing: Mixing = 'joint'
    places: Places = 'own'
    window_positions: bool = False

    @property
    def windowed_latents(self) -> int:
        """Number of windows."""
        return self.windows[0] * self.windows[1]

    @property
    def latents(self) -> int:
        """Tokens of one frame."""
        return self.global_latents + self.windowed_latents


@dataclass(frozen=True)
class MaskDecoderConfig:
    """Shape of SAM's mask decoder; the defaults are SAM 3's.

    Attributes:
        layers: Two-way layers.
        heads: Attention heads.
        downsample: Channels of a map over those inside its attention with the tokens.
        feedforward: Hidden channels of the tokens' feed-forward blocks.
        hypotheses: Masks to choose from.
        single_mask: Whether there is one more mask token for unambiguous prompts; tracking does
            not use it, SAM 3's weights have it.
        prompt_tokens: How many times the constant "not a point" stands among the tokens (2 in
            SAM 3, where tracking is prompting without a prompt).
        upscaling: Channels after each doubling of the map.
        level_channels: Channels of image levels 0 (finest) and 1. Level 1 is added after the first
            doubling.
        finest: How level 0 comes in. ``sum``: added after the last doubling, as in SAM 3;
            ``product``: it has twice the upscaled map's size, and a second kernel of each mask is
            multiplied with it, so that nothing as fine is computed for each object.
        prior: Added to mask logits. A negative one tells an untrained network that most cells are
            background, which otherwise is the first and slow thing that it learns.
    """

    layers: int = 2
    heads: int = 8
    downsample: int = 2
    feedforward: int = 2048
    hypotheses: int = 3
    single_mask: bool = True
    prompt_tokens: int = 2
    upscaling: tuple[int, ...] = (64, 32)
    level_channels: tuple[int, int] = (256, 256)
    finest: Finest = 'sum'
    prior: float = 0.0

    @property
    def scale(self) -> int:
        """Mask cells for one cell of the map, per side."""
        return 2 ** (len(self.upscaling) + (self.finest == 'product'))
