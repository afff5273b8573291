"""What the held-out evaluation runs on."""

from __future__ import annotations

from dataclasses import dataclass
import math


@dataclass(frozen=True)
class SuiteConfig:
    """What to evaluate on.

    Attributes:
        seeds: One clip each.
        split: 'train', 'unseen_pairs' or 'unseen_nouns'.
        pack: 'clean', 'primitives' or 'rich'.
        frames: Length of a clip.
        width: Image columns.
        height: Image rows.
        fps: Frames a second.
        sensor_noise: Whether to apply the sensor model.
        threshold: Detection threshold; NaN takes the bundle's.

    Raises:
        ValueError: If there is no seed.
    """

    seeds: tuple[int, ...]
    split: str = 'train'
    pack: str = 'clean'
    frames: int = 60
    width: int = 640
    height: int = 480
    fps: float = 15.0
    sensor_noise: bool = False
    threshold: float = math.nan

    def __post_init__(self) -> None:
        if not self.seeds:
            raise ValueError('No scene is given; write for example --scenes 10000-10019.')


def parse_seeds(text: str) -> tuple[int, ...]:
    """Read ``'10000-10019'`` or ``'3,5,8-9'``; the ends belong to it.

    Raises:
        ValueError: If it is neither.
    """
    seeds: list[int] = []
    for part in text.split(','):
        first, dash, last = part.strip().partition('-')
        if not first.isdigit() or (dash and not last.isdigit()):
            raise ValueError(f'Scenes are numbers such as 10000-10019 or 3,5; got "{text}".')
        seeds += range(int(first), int(last or first) + 1)
    return tuple(seeds)
