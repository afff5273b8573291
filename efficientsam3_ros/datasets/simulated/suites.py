"""Simulated suites, stored or of any seeds: bags named by their seeds, made on demand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
import hashlib
import json
from pathlib import Path
import re
from typing import TYPE_CHECKING

from efficientsam3_ros.core.errors.one_line import shown
from efficientsam3_ros.core.writing.atomic import replacing

if TYPE_CHECKING:
    from efficientsam3_ros.simulation import TabletopConfig


@dataclass(frozen=True)
class Suite:
    """A set of simulated bags.

    Attributes:
        name: What the user types; the bags are called by it and their seed.
        seeds: One bag each.
        pack: Objects of the simulator.
        split: Which combinations of words occur.
        frames: Length of a bag.
        fps: Frames a second.
        width: Image columns.
        height: Image rows.
        sensor_noise: Whether the camera is noisy.
        about: What it is for; empty if it is not stored.
        assets: Folder of meshes, which users give for the pack 'textured'.

    Raises:
        ValueError: If there is no seed.
    """

    name: str
    seeds: tuple[int, ...]
    pack: str = 'clean'
    split: str = 'train'
    frames: int = 150
    fps: float = 15.0
    width: int = 640
    height: int = 480
    sensor_noise: bool = False
    about: str = ''
    assets: Path | None = None

    def __post_init__(self) -> None:
        if not self.seeds:
            raise ValueError('No scene is given; write for example --scenes 10000-10019.')

    def __str__(self) -> str:
        return f'{len(self.seeds)} bags of {self.frames} frames, seeds from {self.seeds[0]}'

    def config(self, seed: int) -> TabletopConfig:
        """Return what to simulate for a seed."""
        from efficientsam3_ros.simulation import TabletopConfig

        return TabletopConfig(
            seed=seed,
            width=self.width,
            height=self.height,
            fps=self.fps,
            frames=self.frames,
            pack=self.pack,
            split=self.split,
            sensor_noise=self.sensor_noise,
            depth=False,
            assets=self.assets,
        )


def _seeds(first: int, count: int) -> tuple[int, ...]:
    return tuple(range(first, first + count))


SUITES = {
    suite.name: suite
    for suite in (
        Suite('tabletop-v1', _seeds(30000, 20), about='the usual tabletop'),
        Suite('tabletop-card', _seeds(10000, 20), frames=60, about='scenes of the model card'),
        Suite(
            'reentry-v1',
            _seeds(31000, 20),
            frames=90,
            about='objects leave or are hidden, and return',
        ),
        # Rare things, such as ids that change, want more of the same.
        Suite('reentry-60-v2', _seeds(34000, 60), frames=90, about='three times as many of these'),
        Suite('printed-v1', _seeds(35000, 20), 'printed', about='labels and prints, photo-like'),
        Suite(
            'reentry-printed-v1',
            _seeds(37000, 20),
            'printed',
            frames=90,
            about='printed things leave and return',
        ),
        Suite('textured-v1', _seeds(36000, 20), 'textured', about='scans; needs --assets'),
        Suite(
            'reentry-textured-v1',
            _seeds(38000, 20),
            'textured',
            frames=90,
            about='scans leave and return; needs --assets',
        ),
    )
}
"""Stored suites, which never change: a change needs another name. Their seeds were used neither
for training (seeds below 10000 and from 100000), nor to choose thresholds (20000 to 20039), nor to
tune the tracker (21000 to 21119, 33000 to 33059)."""
VALIDATION_SCENES = '20000-20039'
"""Seeds for choices, such as that of a threshold."""


MOST_SCENES = 100_000
LARGEST_SEED = 2**32 - 1


def parse_seeds(text: str) -> tuple[int, ...]:
    """Read ``'10000-10019'`` or ``'3,5,8-9'``; the ends belong to it.

    Raises:
        ValueError: If it is neither, or holds too many or too large numbers.
    """
    seeds: list[int] = []
    for part in text.split(','):
        match = re.fullmatch(r'([0-9]{1,10})(?:-([0-9]{1,10}))?', part.strip())
        if match is None:
            raise ValueError(
                f'Scenes are numbers such as 10000-10019 or 3,5, of up to ten digits; got '
                f'{shown(text)}.'
            )
        some = range(int(match[1]), int(match[2] or match[1]) + 1)
        if len(some) > MOST_SCENES or some.stop > LARGEST_SEED + 1:
            raise ValueError(
                f'Scenes are at most {MOST_SCENES} numbers up to {LARGEST_SEED}; got '
                f'{shown(part)}.'
            )
        seeds += some
    return tuple(seeds)


def suite_bag(suite: Suite, seed: int, folder: Path, tick: Callable[[], object]) -> Path:
    """Return the bag of a seed, rendered unless it is there.

    Args:
        suite: The suite.
        seed: One of its seeds.
        folder: Where bags are kept; a changed simulator renders anew beside the old ones.
        tick: Called after every rendered frame.

    Raises:
        AssetError: If the pack's files are missing.
        RendererError: If no off-screen OpenGL context can be made.
    """
    from efficientsam3_ros.datasets.simulated.simulated_bag import write_simulated_bag

    config = suite.config(seed)
    # The digest is in the folder's name, so that the bag is called by its suite and seed.
    place = folder / f'{seed}-{_film_digest(config)}'
    bag = place / f'{suite.name}-{seed}.mcap'
    if bag.is_file():
        return bag
    with replacing(bag) as part:
        write_simulated_bag(config, part, tick=tick)
    return bag


def _film_digest(config: TabletopConfig) -> str:
    """Return a key of the settings and of the simulator's source."""
    from efficientsam3_ros import simulation

    settings = json.dumps(asdict(config), sort_keys=True, default=str)
    digest = hashlib.sha256(settings.encode())
    for file in sorted(config.assets.iterdir()) if config.assets else ():
        digest.update(f'{file.name} {file.stat().st_size}'.encode())
    for source in sorted(Path(simulation.__file__).parent.rglob('*.py')):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]
