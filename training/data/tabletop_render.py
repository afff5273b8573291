r"""Renders independent pictures of simulated tables for training, one npz file a scene.

Each ``scene_<seed>.npz`` holds ``rgb`` uint8 (F, H, W, 3), ``ids`` uint8 (F, H, W) with 0 =
background, and ``objects``, a JSON list of id, noun, colour and phrases. Finished scenes are
skipped, so an interrupted run is simply started again.

Examples:
    python -m training.data.tabletop_render --out data/clean --scenes 400 --frames 4
    python -m training.data.tabletop_render --out data/films --scenes 1000 \
        --first-seed 200000 --motion clip --frames 12
    python -m training.data.tabletop_render --out data/textured --scenes 400 --frames 4 \
        --pack textured --assets data/real/meshes --backgrounds data/real/backgrounds
"""

from __future__ import annotations

from pathlib import Path
import sys
from typing import Literal

import numpy as np

from efficientsam3_ros.simulation import Tabletop, TabletopConfig
from efficientsam3_ros.simulation.camera.views import FOVY_DEG
from efficientsam3_ros.simulation.registry import find_pack
from training.data.rendering import FieldOfView, render_all, scene_folder, training_seeds
from training.data.scene_file import SUPERSAMPLE, write_scene
from training.settings.command_line import Count, Seed, run_command

TEST_SEEDS = range(10000, 100000)
"""Where the seeds of all suites lie, and those of choices such as thresholds."""
CLIP_SECONDS = 4.0


def render(config: TabletopConfig, out: Path) -> Path:
    """Render one scene and write it at half the size; an existing file is kept.

    Args:
        config: What to simulate, at ``SUPERSAMPLE`` times the size; fewer than 256 objects.
        out: Folder of the scenes.
    """
    path = out / f'scene_{config.seed}.npz'
    if not path.is_file():
        with Tabletop(config) as table:
            write_scene(path, list(table), table.objects, np.uint8)
    return path


def render_scenes(
    *,
    out: Path,
    scenes: Count = 1200,
    frames: Count = 8,
    width: Count = 320,
    height: Count = 240,
    first_seed: Seed = 100000,
    workers: Count = 2,
    motion: Literal['still', 'clip'] = 'still',
    split: Literal['train', 'unseen_pairs', 'unseen_nouns'] = 'train',
    pack: Literal['clean', 'primitives', 'rich', 'textured', 'printed'] = 'clean',
    field_of_view: FieldOfView = FOVY_DEG,
    assets: Path | None = None,
    backgrounds: Path | None = None,
) -> None:
    """Render all scenes with a progress bar.

    Args:
        out: Folder of the scene files.
        scenes: How many.
        frames: Pictures of each scene.
        width: Image columns.
        height: Image rows.
        first_seed: Seed of the first scene; the others follow it.
        workers: Processes.
        motion: Independent pictures, or moments of a film with carried and covered objects.
        split: Which pairs of colour and noun.
        pack: Kinds of object.
        field_of_view: Of the camera, from the upper edge to the lower one, degrees; half of them
            show things twice as large.
        assets: Folder of meshes, of which 'textured' is made.
        backgrounds: Folder of pictures for some surfaces of 'textured' and 'printed' scenes.
    """
    configs = [
        TabletopConfig(
            seed=seed,
            width=width * SUPERSAMPLE,
            height=height * SUPERSAMPLE,
            fps=frames / CLIP_SECONDS,
            frames=frames,
            motion=motion,
            split=split,
            depth=False,
            field_of_view=field_of_view,
            pack=pack,
            assets=assets,
            backgrounds=backgrounds,
        )
        for seed in training_seeds(first_seed, scenes, TEST_SEEDS)
    ]
    find_pack(pack, assets)  # what is missing is told here, not by a worker
    scene_folder(out)
    render_all(render, [(config, out) for config in configs], workers, 'scene')


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.data.tabletop_render', __doc__, render_scenes, argv)


if __name__ == '__main__':
    sys.exit(main())
