"""Initial weights of a Perceiver: its latents begin by looking for the object."""

from __future__ import annotations

import torch
from torch import Tensor

from efficientsam3_ros.model.memory.perceiver import PerceiverLayer, SpatialPerceiver

_QUIET = 0.1


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
