"""``efficientsam3 benchmark domain-gap``: renderings against real pictures, in numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import App
import numpy as np

from efficientsam3_ros.cli.benchmarks.picture_statistics import NAMES, as_array, measured
from efficientsam3_ros.cli.benchmarks.pictures.compared import (
    Compared,
    check_picture_name,
    picture_files,
    read_picture,
    renderings,
)
from efficientsam3_ros.cli.benchmarks.side_by_side import THINGS, places, side_by_side
from efficientsam3_ros.cli.support.console import progress, table
from efficientsam3_ros.cli.support.options import Pixels, Seed, Words, at_least
from efficientsam3_ros.core.writing.atomic import write_json
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.picture_file import write_picture

EXAMPLES = """\
examples:
  efficientsam3 benchmark domain-gap --real scenes/
  efficientsam3 benchmark domain-gap --real scenes/ --pack clean textured --assets meshes/
  efficientsam3 benchmark domain-gap --real scenes/ --picture side_by_side.png"""

app = App(name='domain-gap', help_epilogue=EXAMPLES)


@app.default
def run(
    *,
    real: Path,
    pack: Words = ('clean', 'printed'),
    assets: Path | None = None,
    backgrounds: Path | None = None,
    scenes: Annotated[int, at_least(1)] = 24,
    first_seed: Seed = 500,
    width: Pixels = 640,
    height: Pixels = 480,
    out: Path | None = None,
    picture: Path | None = None,
) -> int:
    """Measure, print and write.

    A gap is the difference of two means, divided by the deviation among the real pictures. Render
    at the size of the real pictures, because edges and noise depend on it.

    Args:
        real: Folder of pictures; where some end in _rgb, only these. Ids of their objects are
            read from NAME_inst.png.
        pack: What to render.
        assets: Folder of meshes for the pack textured.
        backgrounds: Folder of pictures for surfaces of packs that are drawn like photographs.
        scenes: Pictures of each pack, each of a scene of its own.
        first_seed: Seed of the first scene.
        width: Columns of renderings.
        height: Rows of renderings.
        out: JSON file for the figures.
        picture: File (.png, .jpg) that shows real pictures above renderings, and single things.
    """
    for file in (out, picture):
        if file is not None:
            check_output(file, [real])
    if picture is not None:
        check_picture_name(picture)
    seeds, size = range(first_seed, first_seed + scenes), (width, height)
    files = picture_files(real)
    sources = {'real': _Source.of(map(read_picture, files), len(files))}
    for name in dict.fromkeys(pack):
        drawn = renderings(name, seeds, size, assets, backgrounds)
        sources[name] = _Source.of(progress(drawn, name, scenes), scenes)
    found = {name: source.statistics for name, source in sources.items()}
    print(f'{len(found["real"])} real pictures, {scenes} renderings a pack, {width}x{height}\n')
    print(report(found))
    if out is not None:
        means = {name: dict(zip(NAMES, rows.mean(0))) for name, rows in found.items()}
        write_json(out, {'means': means, 'gaps': gaps(found)})
    if picture is not None:
        write_picture(picture, side_by_side({n: source.shown for n, source in sources.items()}))
        print(f'\n{picture} shows the real pictures: mind their licence before passing it on.')
    return 0


@dataclass(frozen=True, eq=False)
class _Source:
    """What is kept of the pictures of one source: float64 (N, statistics), and some of them."""

    statistics: np.ndarray
    shown: list[Compared]

    @classmethod
    def of(cls, pictures: Iterable[Compared], count: int) -> _Source:
        wanted, rows, shown = places(count, THINGS), [], []
        for number, picture in enumerate(pictures):
            rows.append(measured(picture.rgb))
            if number in wanted:
                shown.append(picture)
        return cls(as_array(rows), shown)


def gaps(found: Mapping[str, np.ndarray]) -> dict[str, dict[str, float]]:
    """Return by pack and statistic the distance of the means in deviations of the real pictures.

    Args:
        found: By name float64 (N, statistics); 'real' is what the others are compared with.
    """
    mean, deviation = found['real'].mean(0), np.maximum(found['real'].std(0), 1e-6)
    others = {name: rows for name, rows in found.items() if name != 'real'}
    result = {}
    for name, rows in others.items():
        distance = np.abs(rows.mean(0) - mean) / deviation
        result[name] = {**dict(zip(NAMES, map(float, distance))), 'mean': float(distance.mean())}
    return result


def report(found: Mapping[str, np.ndarray]) -> str:
    """Return the table of means and gaps."""
    distances = gaps(found)
    rows = [
        (
            name,
            *(f'{found[source][:, index].mean():.2f}' for source in found),
            *(f'{distances[pack][name]:.2f}' for pack in distances),
        )
        for index, name in enumerate(NAMES)
    ]
    rows.append(
        ('mean', *('' for _ in found), *(f'{distances[pack]["mean"]:.2f}' for pack in distances))
    )
    return table(('statistic', *found, *(f'gap {pack}' for pack in distances)), rows)
