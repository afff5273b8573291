"""Which parts of a network learn, and how fast: settings name them, all others are frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from training.settings.reading import ConfigError


@dataclass(frozen=True)
class TrainedPart:
    """A part of the network that learns; all others are frozen.

    Attributes:
        part: Its name in the network, with dots: ``image_encoder.trunk``, ``detector.scoring``.
        rate: Factor of its learning rate.
    """

    part: str = ''
    rate: float = 1.0


def check_parts(parts: Sequence[TrainedPart]) -> None:
    """Refuse no part, and one inside another.

    Raises:
        ValueError: If there are such.
    """
    names = [part.part for part in parts]
    if not names:
        raise ValueError('Nothing is trained; name a part, e.g. trained: [{part: detector}].')
    for inner, outer in permutations(names, 2):
        if inner == outer or inner.startswith(f'{outer}.'):
            raise ValueError(f'trained names {inner} twice: it is part of {outer}.')


def part_of(network: nn.Module, name: str) -> nn.Module:
    """Return a part by its name.

    Raises:
        ConfigError: If there is none.
    """
    try:
        return network.get_submodule(name)
    except AttributeError:
        known = [n for n, module in network.named_modules() if 0 < len(n.split('.')) <= 2 and n]
        raise ConfigError(
            f'trained names {name}, which the network does not have; known are '
            f'{", ".join(known)} and what is inside.'
        ) from None


def freeze_all_but(network: nn.Module, parts: Sequence[TrainedPart]) -> None:
    """Freeze a network but for some parts.

    Raises:
        ConfigError: If it has no such part.
    """
    network.requires_grad_(False)
    for each in parts:
        part_of(network, each.part).requires_grad_(True)


def set_train_mode(
    network: nn.Module, parts: Sequence[TrainedPart], freeze_statistics: bool
) -> None:
    """Put what learns into train mode, and all that is frozen into evaluation mode.

    Args:
        network: The network.
        parts: What learns.
        freeze_statistics: Whether batch norms keep the statistics that they have.
    """
    network.eval()
    for each in parts:
        part = part_of(network, each.part).train()
        for module in part.modules():
            if freeze_statistics and isinstance(module, _BatchNorm):
                module.eval()
