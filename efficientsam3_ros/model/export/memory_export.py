"""The video half as graphs: names, example inputs and the free axis."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from efficientsam3_ros.core.memory_layout import MemoryLayout
from efficientsam3_ros.model.export.graph import GraphPlan
from efficientsam3_ros.model.memory.bank import MemoryBank
from efficientsam3_ros.model.memory.config import MemoryConfig
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory

LEVELS = ('level_0', 'level_1', 'level_2')
BANK = ('memory', 'memory_valid', 'pointers', 'pointer_ages', 'pointer_valid')
TRACKED = ('mask_logits', 'quality', 'object_score', 'pointer')
EXAMPLE_OBJECTS = 3
_MOST_LOGITS = 2**28
_N = {0: 'objects'}


def memory_plans(
    network: VideoMemory, levels: Mapping[str, Tensor] | None = None
) -> dict[str, GraphPlan]:
    """Return the two graphs; their example has objects with more and less of a memory.

    Args:
        network: The video half.
        levels: Name to example of the image levels that it reads, finest first, batch 1; random
            ones under the detector's names when absent.

    Raises:
        ValueError: If levels are not of the sizes that the memory is made for.
    """
    config = network.config
    levels = example_levels(config) if levels is None else _fitting(levels, config)
    objects = _example_objects(config)
    coarsest = tuple(levels)[-1]
    written = {
        coarsest: levels[coarsest],
        'mask_logits': torch.randn(objects, *config.mask_size) * 4,
        'object_score': torch.linspace(0.2, 0.9, objects),
    }
    bank = vars(example_bank(config, EXAMPLE_OBJECTS))
    # The last one's slots are all taken.
    inputs = {**levels, **{name: value[-objects:] for name, value in bank.items()}}
    return {
        'track_step': GraphPlan(network.track_step, inputs, TRACKED, dict.fromkeys(BANK, _N)),
        'memorise': GraphPlan(
            network.memorise, written, ('latents',), {'mask_logits': _N, 'object_score': _N}
        ),
    }


def _fitting(levels: Mapping[str, Tensor], config: MemoryConfig) -> dict[str, Tensor]:
    shapes = zip(config.level_channels, config.level_sizes)
    wanted = [(1, channels, *size) for channels, size in shapes]
    found = [tuple(level.shape) for level in levels.values()]
    if found != wanted:
        raise ValueError(
            f'The memory is made for image levels {wanted}, the image encoder gives {found}; '
            'choose a memory of its grid and width.'
        )
    return dict(levels)


def _example_objects(config: MemoryConfig) -> int:
    """Return how many objects the graphs are compared with.

    An engine without fused attention holds all logits at once: a gigabyte for each object of a
    dense memory at 72 x 72. Two is the fewest that leave the number of objects free.
    """
    rows, columns = config.grid
    logits = config.attention_heads * rows * columns * config.bank_tokens
    return EXAMPLE_OBJECTS if EXAMPLE_OBJECTS * logits <= _MOST_LOGITS else 2


def memory_layout(config: MemoryConfig) -> MemoryLayout:
    """Return what a bundle's manifest says of its memory."""
    return MemoryLayout(
        conditioning=config.conditioning_slots,
        recent=config.recent_slots,
        pointers=config.pointer_slots,
        latents=config.latents,
        width=config.memory_width,
        pointer_width=config.width,
        mask=config.mask_size,
    )


def example_levels(config: MemoryConfig) -> dict[str, Tensor]:
    """Return random image levels of one frame by name."""
    shapes = zip(LEVELS, config.level_channels, config.level_sizes)
    return {name: torch.randn(1, channels, *size) for name, channels, size in shapes}


def example_bank(config: MemoryConfig, objects: int) -> MemoryBank:
    """Return random memories: in turn empty, partly and completely filled."""
    empty = MemoryBank.empty(config, objects)
    share = (torch.arange(objects) % 3)[:, None] / 2
    # Slots fill from the first conditioning one and from the newest on.
    order = torch.arange(config.slots)
    taken = torch.where(
        order < config.conditioning_slots,
        order / config.conditioning_slots,
        (order - config.conditioning_slots) / max(config.recent_slots, 1),
    )
    pointers = torch.arange(config.pointer_slots)
    return MemoryBank(
        torch.randn_like(empty.memory),
        (taken < share).float(),
        torch.randn_like(empty.pointers),
        1.0 + pointers.expand(objects, -1),
        (pointers / config.pointer_slots < share).float(),
    )
