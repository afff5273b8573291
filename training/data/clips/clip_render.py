r"""Renders short eventful clips of simulated tables for the memory, one npz file a clip.

Each film is first rehearsed without colour; then the stretches in which most objects are covered,
leave and come back are drawn, and one ordinary stretch. ``clip_<seed>_<n>.npz`` holds ``rgb``
uint8 (F, H, W, 3), ``ids`` uint16 (F, H, W) with 0 = background, ``indices`` of the frames in
the film, and ``objects``, a JSON list of id, noun, colour and phrases. Finished films are
skipped, so an interrupted run is simply started again.

Examples:
    python -m training.data.clips.clip_render --out data/clips/train --films 225
    python -m training.data.clips.clip_render --out data/clips/val --films 30 \
        --first-seed 20000 --clips 1
    python -m training.data.clips.clip_render --out data/clips/textured --films 20 \
        --first-seed 670000 --width 384 --height 288 --pack textured \
        --assets data/real/meshes --backgrounds data/real/backgrounds
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
import sys
from typing import Literal

import numpy as np

from efficientsam3_ros.simulation import Tabletop, TabletopConfig
from efficientsam3_ros.simulation.camera.views import FOVY_DEG
from efficientsam3_ros.simulation.registry import find_pack
from training.data.clips.clip_windows import choose_windows, visible_shares
from training.data.rendering import FieldOfView, render_all, scene_folder, training_seeds
from training.data.scene_file import SUPERSAMPLE, write_scene
from training.settings.command_line import Count, Seed, run_command

TEST_SEEDS = range(10000, 20000)
FPS = 15.0
FILM_FRAMES = (72, 121)
STRIDES = (2, 3, 4)
_REHEARSAL = (160, 120)


def render_film(
    seed: int,
    out: Path,
    clips: int = 2,
    frames: int = 16,
    size: tuple[int, int] = (320, 240),
    pack: str = 'clean',
    assets: Path | None = None,
    backgrounds: Path | None = None,
    field_of_view: float = FOVY_DEG,
) -> list[Path]:
    """Rehearse a film, choose clips and draw them; existing files are kept.

    Args:
        seed: Of the film and of the choice.
        out: Folder of the clips.
        clips: Clips of the film.
        frames: Frames of a clip.
        size: Columns and rows of the stored frames.
        pack: Kinds of object; see ``TabletopConfig``.
        assets: Folder of meshes, of which 'textured' is made.
        backgrounds: Folder of pictures for some surfaces.
        field_of_view: Of the camera; see ``TabletopConfig``.
    """
    paths = [out / f'clip_{seed:05d}_{number}.npz' for number in range(clips)]
    if all(path.is_file() for path in paths):
        return paths
    rng = np.random.default_rng((seed, 1))
    config = TabletopConfig(
        seed=seed,
        width=_REHEARSAL[0],
        height=_REHEARSAL[1],
        fps=FPS,
        frames=int(rng.integers(*FILM_FRAMES)),
        pack=pack,
        depth=False,
        field_of_view=field_of_view,
        assets=assets,
        backgrounds=backgrounds,
    )
    with Tabletop(config) as table:
        count = len(table.objects)
        shares = np.stack([visible_shares(ids, count) for ids in table.rehearsal()])
    windows = choose_windows(shares, rng, clips, frames, STRIDES)
    width, height = (side * SUPERSAMPLE for side in size)
    with Tabletop(replace(config, width=width, height=height)) as table:
        wanted = {index for window in windows for index in window}
        drawn = {frame.index: frame for frame in table.frames(wanted)}
        for path, window in zip(paths, windows):
            write_scene(path, [drawn[index] for index in window], table.objects)
    return paths


def render_films(
    *,
    out: Path,
    films: Count = 225,
    clips: Count = 2,
    frames: Count = 16,
    width: Count = 320,
    height: Count = 240,
    first_seed: Seed = 0,
    workers: Count = 2,
    pack: Literal['clean', 'primitives', 'rich', 'textured', 'printed'] = 'clean',
    field_of_view: FieldOfView = FOVY_DEG,
    assets: Path | None = None,
    backgrounds: Path | None = None,
) -> None:
    """Render all clips with a progress bar.

    Args:
        out: Folder of the clip files.
        films: How many.
        clips: Clips of each film.
        frames: Frames of each clip.
        width: Image columns: those of the network's input.
        height: Image rows.
        first_seed: Seed of the first film; the others follow it.
        workers: Processes.
        pack: Kinds of object.
        field_of_view: Of the camera, from the upper edge to the lower one, degrees; half of them
            show things twice as large.
        assets: Folder of meshes, of which 'textured' is made.
        backgrounds: Folder of pictures for some surfaces of 'textured' and 'printed' scenes.
    """
    seeds = training_seeds(first_seed, films, TEST_SEEDS)
    find_pack(pack, assets)  # what is missing is told here, not by a worker
    scene_folder(out, (assets, backgrounds))
    settings = (out, clips, frames, (width, height), pack, assets, backgrounds, field_of_view)
    render_all(render_film, [(seed, *settings) for seed in seeds], workers, 'film')


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.data.clips.clip_render', __doc__, render_films, argv)


if __name__ == '__main__':
    sys.exit(main())
