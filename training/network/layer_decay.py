"""Smaller learning rates for early layers of a trunk, which are the most general already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch import nn

from efficientsam3_ros.model.image.trunks import Trunk
from training.network.trained_parts import TrainedPart, part_of

_BLOCKS = 'blocks'


def trunk_layers(trunk: Trunk) -> list[str]:
    """Return the names of a trunk's layers in their order: stem, stage changes, blocks."""
    layers = [trunk.stem_name]
    for number, stage in enumerate(trunk.stages):
        for name, child in stage.named_children():
            own = f'stages.{number}.{name}'
            if name == _BLOCKS:
                layers += [f'{own}.{block}' for block, _ in child.named_children()]
            elif any(True for _ in child.parameters()):
                layers.append(own)
    return layers


def decayed_rates(
    network: nn.Module, parts: Sequence[TrainedPart], trunk: str, decay: float
) -> list[tuple[nn.Module, float]]:
    """Return what learns, layer by layer in the trunk, with the factor of its learning rate.

    The last layer of the trunk learns at ``decay`` of its part's rate, and each layer before at
    ``decay`` of the next one's, as in arXiv 2106.08254.

    Args:
        network: The network.
        parts: What learns; a part may hold the trunk, be it, or lie in it.
        trunk: Name of the trunk in the network.
        decay: Above 0, at most 1.
    """
    found = part_of(network, trunk)
    assert isinstance(found, Trunk)
    layers = trunk_layers(found)
    factors = {f'{trunk}.{name}': decay ** (len(layers) - n) for n, name in enumerate(layers)}
    return [pair for each in parts for pair in _split(network, each.part, each.rate, factors)]


def _split(
    network: nn.Module, name: str, rate: float, factors: Mapping[str, float]
) -> list[tuple[nn.Module, float]]:
    """Return a part whole where it has one rate, else its children."""
    part = part_of(network, name)
    within = [f for layer, f in factors.items() if f'{name}.'.startswith(f'{layer}.')]
    if within:
        return [(part, rate * within[0])]
    if not any(layer.startswith(f'{name}.') for layer in factors):
        return [(part, rate)]
    children = [f'{name}.{child}' for child, _ in part.named_children()]
    return [pair for child in children for pair in _split(network, child, rate, factors)]
