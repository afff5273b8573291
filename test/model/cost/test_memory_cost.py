"""Counted cost of a memory against the figures known of SAM 3 and EdgeTAM."""

from __future__ import annotations

from dataclasses import replace

import pytest

from efficientsam3_ros.model.cost.memory_cost import memory_cost
from efficientsam3_ros.model.memory.config import MemoryConfig, nano_memory, sam3_memory


def seven_frames(config: MemoryConfig) -> MemoryConfig:
    """Return a bank of one conditioning and six recent frames, as the published figures have."""
    return replace(config, conditioning_slots=1)


@pytest.mark.parametrize(
    ('kind', 'layers', 'gmac'),
    [('dense', 4, 475.6), ('perceiver', 4, 115.7), ('perceiver', 2, 57.9)],
)
def test_memory_attention_at_full_size(kind, layers, gmac):
    cost = memory_cost(seven_frames(sam3_memory(kind, layers=layers)))
    assert cost.attention / 1e9 == pytest.approx(gmac, rel=0.01)


def test_memory_encoder_at_full_size():
    dense, perceiver = (
        memory_cost(seven_frames(sam3_memory(kind))) for kind in ('dense', 'perceiver')
    )
    assert dense.encoder / 1e9 == pytest.approx(7.35, rel=0.01)
    assert perceiver.encoder == dense.encoder
    assert dense.perceiver == 0
    # The published figure leaves out what runs once for an image: two levels made narrower.
    once = 288**2 * 256 * 32 + 144**2 * 256 * 64
    assert (dense.decoder - once) / 1e9 == pytest.approx(2.24, rel=0.03)


def test_perceiver_at_full_size():
    cells, latents, spread, width = 5184, 400, 256, 64
    projections = 2 * cells * width**2 + 6 * latents * width**2
    read = 2 * width * (spread * cells + cells)  # the windows together are the map once
    mixed = 2 * width * latents**2
    feedforward = 2 * 2 * latents * width * 4 * width
    layers = 2 * (projections + read + mixed + feedforward)
    assert memory_cost(sam3_memory()).perceiver == layers


def test_two_layers_read_latents_for_a_quarter_of_the_cost():
    dense, perceiver = (
        memory_cost(seven_frames(sam3_memory(kind))) for kind in ('dense', 'perceiver')
    )
    assert dense.attention >= 4 * perceiver.attention
    assert dense.bytes_per_object >= 8 * perceiver.bytes_per_object


@pytest.mark.parametrize('config', [nano_memory(), sam3_memory()], ids=['nano', 'full'])
def test_ten_objects_cost_less_than_ten_times_one(config):
    assert memory_cost(config, 10).total < 10 * memory_cost(config).total
