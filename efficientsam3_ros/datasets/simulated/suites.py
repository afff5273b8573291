"""Stored evaluation suites: simulated bags named by their seeds, made on demand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from efficientsam3_ros.core.atomic import replacing

if TYPE_CHECKING:
    from efficientsam3_ros.simulation import TabletopConfig


@dataclass(frozen=True)
class Suite:
    """A set of simulated bags that never changes; a change needs another name.

    Attributes:
        name: What the user types.
        seeds: One bag each. They were used neither for training (seeds below 10000 and from
            100000), nor for the held-out figures (10000 to 10019), nor to choose thresholds
            (20000 to 20039), nor to tune the tracker (21000 to 21119, 33000 to 33059).
        pack: Objects of the simulator.
        split: Which combinations of words occur.
        frames: Length of a bag.
        fps: Frames a second.
        width: Image columns.
        height: Image rows.
        sensor_noise: Whether the camera is noisy.
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
        )


SUITES = {
    suite.name: suite
    for suite in (
        Suite('tabletop-v1', tuple(range(30000, 30020))),
        # Short films in which most objects leave the view or are hidden, and come back.
        Suite('reentry-v1', tuple(range(31000, 31020)), frames=90),
        # Rare things, such as ids that change, want more of the same.
        Suite('reentry-60-v2', tuple(range(34000, 34060)), frames=90),
    )
}


def find_suite(name: str) -> Suite:
    """Return a suite by its name.

    Raises:
        ValueError: If there is none; lists what there is.
    """
    if name not in SUITES:
        raise ValueError(f'There is no suite "{name}"; there is {", ".join(SUITES)}.')
    return SUITES[name]


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
    from efficientsam3_ros.datasets.simulated.film_digest import film_digest
    from efficientsam3_ros.datasets.simulated.simulated_bag import write_simulated_bag

    config = suite.config(seed)
    # The digest is in the folder's name, so that the bag is called by its suite and seed.
    place = folder / f'{seed}-{film_digest(config)}'
    bag = place / f'{suite.name}-{seed}.mcap'
    if bag.is_file():
        return bag
    with replacing(bag) as part:
        write_simulated_bag(config, part, tick=tick)
    return bag
