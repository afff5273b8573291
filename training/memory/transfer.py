"""Initial weights from another memory: a Perceiver memory's from a trained dense one."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from efficientsam3_ros.model.memory.resizing import resized
from efficientsam3_ros.model.memory.tracking_graphs import Memorise, VideoMemory
from training.data.clips.clip_batch import ClipBatch
from training.memory.follower import certain
from training.memory.initialization import initialize_perceiver
from training.network.initial_weights import WeightError


@torch.no_grad()
def initialize_from(network: VideoMemory, other: VideoMemory, batch: ClipBatch) -> None:
    """Take over every tensor of the same name and shape.

    A Perceiver that the other memory does not have begins along the direction in which its map
    marks objects.

    Args:
        network: To be changed.
        other: A trained memory.
        batch: Objects to measure that direction on, by their masks in the first frame.

    Raises:
        WeightError: If the other memory is on another grid or of other widths.
    """
    sizes = [(c.grid, c.width, c.memory_width) for c in (network.config, other.config)]
    if sizes[0] != sizes[1]:
        raise WeightError(
            f'A memory with grid, width and memory width {sizes[0]} cannot start from one with '
            f'{sizes[1]}.'
        )
    state = network.state_dict()
    known = other.state_dict().items()
    fitting = {k: v for k, v in known if k in state and state[k].shape == v.shape}
    network.load_state_dict(state | fitting)
    perceiver = network.memorise.perceiver
    if perceiver is not None and other.memorise.perceiver is None:
        initialize_perceiver(perceiver, object_direction(network.memorise, batch))


@torch.no_grad()
def object_direction(memorise: Memorise, batch: ClipBatch) -> Tensor:
    """Return (memory width,), length 1: the mean map on objects minus that away from them."""
    (rows, columns), scale = memorise.config.grid, memorise.config.decoder.scale
    level_2 = memorise.level_norm(resized(batch.frame(0)[-1], (rows, columns)))
    masks, visible = batch.masks[0], torch.ones_like(batch.age_step)
    if len(level_2) == 1:
        level_2 = level_2.expand(len(masks), -1, -1, -1)
    shown = resized(certain(masks)[:, None], (rows * scale, columns * scale))[:, 0]
    maps = memorise.memory_encoder(level_2, shown, visible)
    cover = F.adaptive_avg_pool2d(masks[:, None], (int(maps.shape[-2]), int(maps.shape[-1])))
    means = []
    for weight in (cover, (cover == 0).to(maps.dtype)):
        means.append((maps * weight).sum((0, 2, 3)) / weight.sum().clamp(min=1e-6))
    return F.normalize(means[0] - means[1], dim=0)
