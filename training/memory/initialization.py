"""Initial weights of a memory that is trained without SAM 3's: it starts by comparing appearance.

From random weights, attention to memory is nearly uniform and an object of three cells in three
hundred is lost in it; learning to compare takes thousands of steps. Here queries and keys begin in
one space, so that a cell reads the remembered cells that look like it, and what it reads is
whether they belonged to the object. Everything is learned from there; nothing is fixed.
"""

from __future__ import annotations

from collections.abc import Sequence

from timm.layers import LayerNorm2d
import torch
from torch import Tensor, nn

from efficientsam3_ros.model.memory.attention import MemoryAttention, MemoryAttentionLayer
from efficientsam3_ros.model.memory.encoder import MemoryEncoder
from efficientsam3_ros.model.memory.perceiver import PerceiverLayer, SpatialPerceiver
from efficientsam3_ros.model.memory.resizing import resized
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory

MASK_CHANNELS = 8
"""Channels of a memory token that begin with the mask; the others begin with the appearance."""
_MASK_CONTRAST = 6.0
_QUIET = 0.1


@torch.no_grad()
def initialize_by_appearance(network: VideoMemory, levels: Sequence[Tensor]) -> None:
    """Overwrite the initial weights that decide what is compared; draws from torch's generator.

    What all places of the sample share says nothing about an object, so it is subtracted where
    the memory normalises levels.

    Args:
        network: Memory whose attention is as wide as its tokens.
        levels: Of some training frames, finest first, each (B, C, h, w).

    Raises:
        ValueError: If the widths differ or leave no room for the mask.
    """
    config = network.config
    if not config.attention_width == config.memory_width <= config.width:
        raise ValueError(
            'Initialization by appearance needs an attention as wide as a memory token, and '
            f'neither wider than the image: {config.attention_width}, {config.memory_width}, '
            f'{config.width}.'
        )
    if config.memory_width <= MASK_CHANNELS:
        raise ValueError(f'A memory token needs more than {MASK_CHANNELS} channels.')
    basis = torch.linalg.qr(torch.randn(config.width, config.width))[0].T
    appearance = config.memory_width - MASK_CHANNELS
    projection = basis[: config.memory_width]
    encoder = network.memorise.memory_encoder
    rows, columns = config.grid
    coarse = resized(levels[-1], config.grid)
    levels = (levels[0], resized(levels[1], (2 * rows, 2 * columns)), coarse)
    for norm, level in zip(network.track_step.level_norms, levels):
        _initialize_norm(norm, level)
    _initialize_norm(network.memorise.level_norm, coarse)
    seen = network.memorise.level_norm(coarse).flatten(2).transpose(1, 2)
    contrast = _initialize_encoder(encoder, projection, appearance, seen.flatten(0, 1))
    _initialize_attention(network.track_step.memory_attention, projection, appearance, seen)
    if network.memorise.perceiver is not None:
        direction = torch.cat([torch.zeros(appearance), contrast])
        initialize_perceiver(network.memorise.perceiver, direction)


def _initialize_norm(norm: nn.Module, level: Tensor) -> None:
    """Let a level's channels have mean 0 and deviation 1 over places."""
    if isinstance(norm, LayerNorm2d):
        seen = norm(level).transpose(0, 1).flatten(1)
        norm.weight.copy_(1 / seen.std(1))
        norm.bias.copy_(-seen.mean(1) / seen.std(1))


def _initialize_encoder(
    encoder: MemoryEncoder, projection: Tensor, appearance: int, seen: Tensor
) -> Tensor:
    """Give appearance and mask their own channels; return the direction of "object"."""
    mask_rows = projection[appearance:]
    width = projection.shape[1]
    rest = torch.eye(width) - mask_rows.T @ mask_rows
    weight = rest / seen.std(0)
    encoder.feature_proj.weight.copy_(weight[..., None, None])
    assert encoder.feature_proj.bias is not None
    encoder.feature_proj.bias.copy_(-weight @ seen.mean(0))
    encoder.out_proj.weight.copy_(projection[..., None, None])
    _zero(encoder.out_proj.bias)
    *stages, last = encoder.mask_downsampler
    assert isinstance(last, nn.Conv2d)
    inside, outside = (_response(stages, value) for value in (10.0, -10.0))
    mixing = torch.linalg.qr(torch.randn(last.in_channels, MASK_CHANNELS))[0].T
    contrast = mixing @ (inside - outside)
    scale = _MASK_CONTRAST / contrast.norm()
    last.weight.copy_((scale * mask_rows.T @ mixing)[..., None, None])
    assert last.bias is not None
    last.bias.copy_(-(last.weight[..., 0, 0] @ (inside + outside)) / 2)
    return contrast / contrast.norm()


def _response(stages: list[nn.Module], value: float) -> Tensor:
    """Return what the downsampler makes of the middle of a constant mask, (channels,)."""
    x = torch.full((1, 1, 64, 64), value)
    for stage in stages:
        x = stage(x)
    return x[0, :, x.shape[2] // 2, x.shape[3] // 2]


def _initialize_attention(
    attention: MemoryAttention, projection: Tensor, appearance: int, seen: Tensor
) -> None:
    kept = torch.zeros(len(projection), 1)
    kept[:appearance] = 1
    for layer in attention.layers:
        assert isinstance(layer, MemoryAttentionLayer)
        cross = layer.cross_attn
        query = layer.norm2(seen + attention.position).flatten(0, 1)
        weight = kept * projection / query.std(0)
        cross.q_proj.weight.copy_(weight)
        cross.q_proj.bias.copy_(-weight @ query.mean(0))
        cross.k_proj.weight.copy_(torch.diag(kept[:, 0]))
        _zero(cross.k_proj.bias)
        layer.self_attn.o_proj.weight.mul_(_QUIET)


@torch.no_grad()
def initialize_perceiver(perceiver: SpatialPerceiver, direction: Tensor) -> None:
    """Let latents pass on what the map holds where the object is.

    Half of the global latents begin with what is around it instead. Draws from torch's generator.

    Args:
        perceiver: To be changed.
        direction: (width,) by how much tokens on an object differ from others, length 1.
    """
    width = len(direction)
    sign = torch.ones(len(perceiver.global_latents), 1)
    sign[1::2] = -1
    for latents, looks in (
        (perceiver.global_latents, sign * direction),
        (perceiver.windowed_latents, direction),
    ):
        latents.copy_(looks + _QUIET * torch.randn_like(latents) / width**0.5)
    for layer in perceiver.layers:
        assert isinstance(layer, PerceiverLayer)
        cross = layer.cross_attn
        for linear in (cross.q_proj, cross.k_proj, cross.v_proj, cross.o_proj):
            linear.weight.copy_(torch.eye(width))
        for linear in (layer.mlp.down, layer.self_attn.o_proj, layer.self_mlp.down):
            linear.weight.mul_(_QUIET)


def _zero(parameter: Tensor | None) -> None:
    if parameter is not None:
        parameter.zero_()
