"""``efficientsam3 benchmark rendering``: what frames of each pack cost, and if they repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
import hashlib
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

from cyclopts import App

from efficientsam3_ros.cli.support.console import progress, table
from efficientsam3_ros.cli.support.options import Pixels, Seed, Words, at_least
from efficientsam3_ros.core.writing.atomic import write_json
from efficientsam3_ros.core.writing.output import check_output

if TYPE_CHECKING:
    from efficientsam3_ros.simulation import TabletopConfig

EXAMPLES = """\
examples:
  efficientsam3 benchmark rendering
  efficientsam3 benchmark rendering --pack textured --assets meshes/ --out rendering.json"""

REFERENCE = 'clean'

app = App(name='rendering', help_epilogue=EXAMPLES)


@dataclass
class PackCost:
    """What was measured of a pack.

    Attributes:
        pack: Its name.
        build_seconds: From the seed to a settled scene, of every round.
        frame_seconds: Of a frame of color, depth and ids, of every round.
        digests: Of all frames of every round.
    """

    pack: str
    build_seconds: list[float] = field(default_factory=list)
    frame_seconds: list[float] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Frames a second, median of the rounds."""
        return 1 / median(self.frame_seconds)

    @property
    def repeats(self) -> bool:
        """Whether every round drew the same frames."""
        return len(set(self.digests)) == 1


@app.default
def run(
    *,
    pack: Words = ('printed',),
    assets: Path | None = None,
    seed: Seed = 7,
    frames: Annotated[int, at_least(1)] = 20,
    width: Pixels = 640,
    height: Pixels = 480,
    rounds: Annotated[int, at_least(1)] = 3,
    out: Path | None = None,
) -> int:
    """Measure, print and write; every round renders each pack once, clean first.

    Args:
        pack: Packs beside clean.
        assets: Folder of meshes for the pack textured.
        seed: Which scene.
        frames: Of the clip.
        width: Image columns.
        height: Image rows.
        rounds: Timed rounds, after one to warm up.
        out: JSON file for the figures.
    """
    from efficientsam3_ros.simulation import TabletopConfig

    if out is not None:
        check_output(out)
    packs = tuple(dict.fromkeys((REFERENCE, *pack)))
    configs = [
        TabletopConfig(
            seed=seed,
            width=width,
            height=height,
            frames=frames,
            pack=name,
            assets=assets if name == 'textured' else None,
        )
        for name in packs
    ]
    costs = [PackCost(name) for name in packs]
    for number in progress(range(rounds + 1), 'rounds'):
        for cost, config in zip(costs, configs):
            _render(cost, config, timed=number > 0)
    print(f'{width}x{height}, color, depth and ids, seed {seed}, {frames} frames, {rounds} rounds')
    print(f'\n{report(costs)}')
    if out is not None:
        write_json(out, [asdict(cost) | {'frames_per_second': cost.rate} for cost in costs])
    return 0


def _render(cost: PackCost, config: TabletopConfig, timed: bool) -> None:
    from efficientsam3_ros.simulation import Tabletop

    digest, begin = hashlib.sha256(), perf_counter()
    with Tabletop(config) as scene:
        built = perf_counter()
        seen = list(scene)
        end = perf_counter()
    for frame in seen:
        digest.update(frame.rgb.tobytes())
        digest.update(frame.ids.tobytes())
    cost.digests.append(digest.hexdigest())
    if timed:
        cost.build_seconds.append(built - begin)
        cost.frame_seconds.append((end - built) / len(seen))


def report(costs: Sequence[PackCost]) -> str:
    """Return the table; the first pack is what the others are compared with."""
    rows = [
        (
            *(cost.pack, f'{cost.rate:.1f}', f'{cost.rate / costs[0].rate:.2f}'),
            f'{median(cost.build_seconds):.1f}',
            'the same' if cost.repeats else 'DIFFERENT',
        )
        for cost in costs
    ]
    header = ('pack', 'frames/s', f'of {costs[0].pack}', 's to build', 'frames of one seed')
    return table(header, rows)
