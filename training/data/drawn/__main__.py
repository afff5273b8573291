r"""Draws pictures or clips of icons, one npz file each: six shapes in six colors.

They are what the small-scale proof learns from: a network without any knowledge tells "red star"
from "red disc" after minutes, and thousands of pictures are drawn in one. The files are those of
training.data.tabletop_render and of its clips; training.data.public_forms reads them.

Examples:
    python -m training.data.drawn --out data/icons --scenes 4000
    python -m training.data.drawn --out data/icon_clips --scenes 200 --frames 16
"""

from __future__ import annotations

from pathlib import Path
import sys
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from training.data.drawn.files import draw
from training.data.rendering import render_all, scene_folder
from training.settings.command_line import Count, Seed, run_command

_Side = Annotated[int, Parameter(validator=Number(gte=32, lte=2048))]


def draw_all(
    *,
    out: Path,
    scenes: Count = 1000,
    frames: Count = 1,
    side: _Side = 112,
    first_seed: Seed = 0,
    workers: Count = 2,
) -> None:
    """Draw all of them with a progress bar.

    Args:
        out: Folder of the files.
        scenes: How many.
        frames: 1 draws pictures, more draw clips.
        side: Rows and columns of a picture.
        first_seed: Seed of the first one; the others follow it.
        workers: Processes.
    """
    scene_folder(out)
    seeds = range(first_seed, first_seed + scenes)
    render_all(draw, [(seed, out, side, frames) for seed in seeds], workers, 'scene')


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.data.drawn', __doc__, draw_all, argv)


if __name__ == '__main__':
    sys.exit(main())
