"""Sizes of a memory that do not fit together are refused with the numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from efficientsam3_ros.model.memory.config import nano_memory, sam3_memory
from efficientsam3_ros.model.memory.part_configs import MaskDecoderConfig, PerceiverConfig


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        ({'level_grid': (0, 26)}, 'needs a grid'),
        ({'kind': 'sparse'}, 'perceiver or dense'),
        ({'attention_width': 66}, 'multiple of 4 channels a head, got 66'),
        ({'width': 98}, '98 and 64 must be multiples of 4'),
        ({'conditioning_slots': 0, 'recent_slots': 0}, '0 slots'),
        ({'mask_upsampling': 3}, 'power of 2, got 3'),
        ({'decoder': MaskDecoderConfig(heads=5)}, '5 heads'),
        ({'decoder': MaskDecoderConfig(upscaling=(8,))}, 'at least twice'),
        ({'perceiver': PerceiverConfig(windows=(5, 5), heads=3)}, '3 heads of the Perceiver'),
    ],
)
def test_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(nano_memory(), **change)


def test_dense_memory_has_no_windows_to_fit():
    assert replace(nano_memory('dense'), grid=(7, 11)).latents == 77


def test_levels_are_those_of_the_encoders():
    nano = nano_memory()
    assert nano.level_channels == (24, 96, 96)
    assert nano.level_sizes == ((160, 208), (40, 52), (20, 26))
    full = sam3_memory()
    assert full.level_channels == (256, 256, 256)
    assert full.level_sizes == ((288, 288), (144, 144), (72, 72))
    assert full.mask_size == (288, 288)


@pytest.mark.parametrize('grid', [72, 36])
def test_windows_suit_the_published_sizes(grid):
    assert sam3_memory(grid=grid).latents == 400


@pytest.mark.parametrize(
    ('grid', 'side'), [(72, 12), (54, 9), (36, 12), (27, 9), (50, 10), (8, 8)]
)
def test_windows_divide_the_grid_of_other_sizes(grid, side):
    assert sam3_memory(grid=grid).perceiver.windows == (side, side)


def test_a_grid_that_no_windows_divide_is_refused_but_not_for_a_dense_memory():
    with pytest.raises(
        ValueError, match='53 has no divisor from 4 to 12; choose another input size'
    ):
        sam3_memory(grid=53)
    assert sam3_memory('dense', grid=53).latents == 53 * 53
