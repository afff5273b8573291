"""Tokens, bytes, parameters and multiply-accumulates of a memory, counted without any weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch

from efficientsam3_ros.model.cost.cost import macs_of
from efficientsam3_ros.model.layers.blank import Blank
from efficientsam3_ros.model.memory.bank import MemoryBank
from efficientsam3_ros.model.memory.config import MemoryConfig
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory

_META = torch.device('meta')
_FLOAT_BYTES = 4


@dataclass(frozen=True)
class MemoryCost:
    """What a frame costs.

    Attributes:
        parameters: Trained numbers of both graphs.
        tokens: Memory tokens of an object whose slots are all taken.
        bytes_per_object: What the ring holds for it, as float32.
        attention: Multiply-accumulates of memory attention, codes and pointers included.
        decoder: Those of mask decoder and pointer.
        encoder: Those of the memory encoder.
        perceiver: Those of the Perceiver.
    """

    parameters: int
    tokens: int
    bytes_per_object: int
    attention: int
    decoder: int
    encoder: int
    perceiver: int

    @property
    def total(self) -> int:
        """Multiply-accumulates of a frame."""
        return self.attention + self.decoder + self.encoder + self.perceiver


@cache
def memory_cost(config: MemoryConfig, objects: int = 1) -> MemoryCost:
    """Count a frame with a number of objects whose slots are all taken."""
    with _META:
        with Blank():
            network = VideoMemory(config).eval().requires_grad_(False)
        levels = [
            torch.empty(1, channels, *size)
            for channels, size in zip(config.level_channels, config.level_sizes)
        ]
        masks, score = torch.empty(objects, *config.mask_size), torch.empty(objects)
        bank = vars(MemoryBank.empty(config, objects)).values()
        tracked, parts = macs_of(network.track_step, *levels, *bank)
        written, written_parts = macs_of(network.memorise, levels[2], masks, score)
    attention = sum(parts[f'TrackStep.{n}'] for n in ('memory_attention', 'temporal_code'))
    encoder = written_parts['Memorise.memory_encoder']
    floats = config.slots * config.latents * config.memory_width
    floats += config.pointer_slots * config.width
    return MemoryCost(
        parameters=sum(p.numel() for p in network.parameters()),
        tokens=config.bank_tokens,
        bytes_per_object=floats * _FLOAT_BYTES,
        attention=attention,
        decoder=tracked - attention,
        encoder=encoder,
        perceiver=written - encoder,
    )
