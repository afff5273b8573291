"""``efficientsam3 benchmark domain-gap``: renderings against real pictures, in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import cv2
from cyclopts import App
import numpy as np

from efficientsam3_ros.cli.benchmarks.picture_statistics import NAMES, as_array, measured
from efficientsam3_ros.cli.support.console import progress, table
from efficientsam3_ros.cli.support.options import OptionError, Pixels, Seed, Words, at_least
from efficientsam3_ros.core.writing.atomic import write_json
from efficientsam3_ros.core.writing.output import check_output

EXAMPLES = """\
examples:
  efficientsam3 benchmark domain-gap --real scenes/
  efficientsam3 benchmark domain-gap --real scenes/ --pack clean textured --assets meshes/"""

_SUFFIXES = frozenset({'.jpg', '.jpeg', '.png'})
_COLOR = '_rgb'

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
) -> int:
    """Measure, print and write.

    A gap is the difference of two means, divided by the deviation among the real pictures. Render
    at the size of the real pictures, because edges and noise depend on it.

    Args:
        real: Folder of pictures; where some end in _rgb, only these.
        pack: What to render.
        assets: Folder of meshes for the pack textured.
        backgrounds: Folder of pictures for surfaces of packs that are drawn like photographs.
        scenes: Pictures of each pack, each of a scene of its own.
        first_seed: Seed of the first scene.
        width: Columns of renderings.
        height: Rows of renderings.
        out: JSON file for the figures.
    """
    if out is not None:
        check_output(out, [real])
    found = {'real': as_array([measured(picture) for picture in _pictures(real)])}
    size = (width, height)
    for name in dict.fromkeys(pack):
        seeds = range(first_seed, first_seed + scenes)
        drawn = _renderings(name, seeds, size, assets, backgrounds)
        found[name] = as_array([measured(rgb) for rgb in progress(drawn, name, scenes)])
    print(f'{len(found["real"])} real pictures, {scenes} renderings a pack, {width}x{height}\n')
    print(report(found))
    if out is not None:
        means = {name: dict(zip(NAMES, rows.mean(0))) for name, rows in found.items()}
        write_json(out, {'means': means, 'gaps': gaps(found)})
    return 0


def _pictures(folder: Path) -> Iterator[np.ndarray]:
    """Yield the pictures of a folder, uint8 (H, W, 3).

    Raises:
        OptionError: If there are none, or one cannot be read.
    """
    files = sorted(p for p in folder.glob('*') if p.suffix.lower() in _SUFFIXES)
    files = [p for p in files if p.stem.endswith(_COLOR)] or files
    if not files:
        raise OptionError(
            f'{folder} holds no .jpg or .png picture; give another folder to --real.'
        )
    for file in files:
        image = cv2.imread(str(file), cv2.IMREAD_COLOR)
        if image is None:
            raise OptionError(f'{file} is no picture; remove it from the folder.')
        yield image[..., ::-1].copy()


def _renderings(
    pack: str,
    seeds: range,
    size: tuple[int, int],
    assets: Path | None,
    backgrounds: Path | None,
) -> Iterator[np.ndarray]:
    from efficientsam3_ros.simulation import Tabletop, TabletopConfig
    from efficientsam3_ros.simulation.registry import PHOTO_PACKS

    for seed in seeds:
        config = TabletopConfig(
            seed=seed,
            width=size[0],
            height=size[1],
            frames=1,
            pack=pack,
            motion='still',
            depth=False,
            assets=assets if pack == 'textured' else None,
            backgrounds=backgrounds if pack in PHOTO_PACKS else None,
        )
        with Tabletop(config) as scene:
            yield next(iter(scene)).rgb


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
