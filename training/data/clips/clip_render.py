"""Renders short eventful clips of simulated tables for the memory, one npz file a clip.

    R="python -m training.data.clips.clip_render"
    $R --out data/clips/train --films 225 --first-seed 0
    $R --out data/clips/val --films 30 --first-seed 20000 --clips 1

Each film is first rehearsed without colour; then the stretches in which most objects are covered,
leave and come back are drawn, and one ordinary stretch. ``clip_<seed>_<n>.npz`` holds ``rgb``
uint8 (F, H, W, 3), ``ids`` uint16 (F, H, W) with 0 = background, ``indices`` of the frames in
the film, and ``objects``, a JSON list of id, noun, colour and phrases. Finished films are
skipped, so an interrupted run is simply started again.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
import json
import multiprocessing
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from tqdm import tqdm

from efficientsam3_ros.core.atomic import replacing
from efficientsam3_ros.simulation import SceneObject, Tabletop, TabletopConfig
from efficientsam3_ros.simulation.tabletop import Observation
from training.data.clips.clip_windows import Window, choose_windows, visible_shares
from training.data.tabletop_render import SUPERSAMPLE, shrunk

TEST_SEEDS = range(10000, 20000)
FPS = 15.0
FILM_FRAMES = (72, 121)
STRIDES = (2, 3, 4)
_REHEARSAL = (160, 120)


@dataclass(frozen=True)
class Clip:
    """One clip read back from disk.

    Attributes:
        rgb: uint8 (F, H, W, 3).
        ids: uint16 (F, H, W), 0 = background.
        objects: What is on the table, in view or not.
        stride: Frames of the camera between two of these.
    """

    rgb: np.ndarray
    ids: np.ndarray
    objects: tuple[SceneObject, ...]
    stride: int


@dataclass(frozen=True)
class ClipRendering:
    """How films are cut into clips.

    Attributes:
        width: Columns of the stored frames.
        height: Their rows.
        frames: Frames of a clip.
        clips: Clips of a film.
        pack: Assets; see ``TabletopConfig``.
    """

    width: int = 320
    height: int = 240
    frames: int = 16
    clips: int = 2
    pack: str = 'clean'


def clip_path(out: Path, seed: int, number: int) -> Path:
    """Return the file of a clip."""
    return out / f'clip_{seed:05d}_{number}.npz'


def render_film(seed: int, rendering: ClipRendering, out: Path) -> list[Path]:
    """Rehearse a film, choose clips and draw them; existing files are kept.

    Args:
        seed: Of the film and of the choice.
        rendering: Sizes and numbers.
        out: Folder of the clips.
    """
    paths = [clip_path(out, seed, number) for number in range(rendering.clips)]
    if all(path.is_file() for path in paths):
        return paths
    rng = np.random.default_rng((seed, 1))
    config = TabletopConfig(
        seed=seed,
        width=_REHEARSAL[0],
        height=_REHEARSAL[1],
        fps=FPS,
        frames=int(rng.integers(*FILM_FRAMES)),
        pack=rendering.pack,
        depth=False,
    )
    with Tabletop(config) as table:
        count = len(table.objects)
        shares = np.stack([visible_shares(ids, count) for ids in table.rehearsal()])
    windows = choose_windows(shares, rng, rendering.clips, rendering.frames, STRIDES)
    size = (rendering.width * SUPERSAMPLE, rendering.height * SUPERSAMPLE)
    with Tabletop(replace(config, width=size[0], height=size[1])) as table:
        wanted = {index for window in windows for index in window.indices}
        drawn = {frame.index: frame for frame in table.frames(wanted)}
        for path, window in zip(paths, windows):
            _write(path, [drawn[index] for index in window.indices], window, table.objects)
    return paths


def _write(
    path: Path, frames: list[Observation], window: Window, objects: tuple[SceneObject, ...]
) -> None:
    entries = [{**vars(item), 'phrases': sorted(item.phrases)} for item in objects]
    with replacing(path) as part:
        np.savez(
            part,
            rgb=np.stack([shrunk(f.rgb) for f in frames]),
            ids=np.stack([f.ids[::SUPERSAMPLE, ::SUPERSAMPLE] for f in frames]),
            indices=np.array(window.indices),
            objects=np.array(json.dumps(entries)),
        )


def read(path: Path) -> Clip:
    """Read a clip.

    Raises:
        ValueError: If the file is damaged, with the remedy.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            entries = json.loads(str(arrays['objects']))
            objects = (SceneObject(**{**e, 'phrases': frozenset(e['phrases'])}) for e in entries)
            stride = int(arrays['indices'][1] - arrays['indices'][0])
            return Clip(arrays['rgb'], arrays['ids'], tuple(objects), stride)
    except (OSError, LookupError, ValueError, TypeError, BadZipFile) as error:
        raise ValueError(f'{path} is damaged ({error}); delete it and render again.') from error


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description='Render simulated training clips.')
    parser.add_argument('--out', type=Path, required=True, help='folder of the clip files')
    parser.add_argument('--films', type=int, default=225)
    parser.add_argument('--clips', type=int, default=2, help='clips of each film')
    parser.add_argument('--frames', type=int, default=16, help='frames of each clip')
    parser.add_argument('--first-seed', type=int, default=0)
    parser.add_argument('--workers', type=int, default=2)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Render all clips with a progress bar."""
    args = _arguments(argv)
    seeds = range(args.first_seed, args.first_seed + args.films)
    if seeds and max(seeds[0], TEST_SEEDS[0]) <= min(seeds[-1], TEST_SEEDS[-1]):
        raise SystemExit(f'Seeds {TEST_SEEDS} are kept for tests; choose another --first-seed.')
    args.out.mkdir(parents=True, exist_ok=True)
    rendering = ClipRendering(frames=args.frames, clips=args.clips)
    # OpenGL contexts do not survive a fork.
    context = multiprocessing.get_context('spawn')
    with ProcessPoolExecutor(args.workers, mp_context=context) as pool:
        jobs = [pool.submit(render_film, seed, rendering, args.out) for seed in seeds]
        for job in tqdm(as_completed(jobs), total=len(jobs), unit='film'):
            job.result()


if __name__ == '__main__':
    main()
