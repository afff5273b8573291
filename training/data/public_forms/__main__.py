r"""Writes simulated scenes in the form of a public data set.

sa1b: masks of everything, without names. saco: pictures with phrases, about half of which are
near misses that nothing answers, and all phrases of their objects in phrases.txt. davis: clips
with an id a pixel. pictures: nothing but the pictures. training.stage1 to training.stage3 read
them.

Examples:
    python -m training.data.tabletop_render --out data/scenes --scenes 500
    python -m training.data.public_forms --scenes data/scenes --form saco --out data/saco
    python -m training.data.public_forms --scenes data/scenes --form sa1b --out data/sa1b \
        --first 0 --count 400 --frames 2
"""

from __future__ import annotations

from pathlib import Path
import sys
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number
import numpy as np
from tqdm import tqdm

from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.output_folder import result_folder
from efficientsam3_ros.core.writing.result_marker import ResultKind
from training.data.public_forms.objects import View, is_drawn, phrases_of, scene_asker
from training.data.public_forms.writing import (
    PhraseFile,
    frames_of,
    number_of,
    write_davis,
    write_phrases,
    write_plain,
    write_sa1b,
)
from training.data.scene_file import read_scene
from training.settings.command_line import Count, run_command
from training.settings.reading import ConfigError

Form = Literal['sa1b', 'saco', 'davis', 'pictures']
_From = Annotated[int, Parameter(validator=Number(gte=0))]


def public_forms(
    *,
    scenes: Path,
    form: Form,
    out: Path,
    first: _From = 0,
    count: _From = 0,
    frames: _From = 0,
    phrases: Count = 8,
    force: bool = False,
) -> None:
    """Write a data set.

    Args:
        scenes: Folder of training.data.tabletop_render or training.data.drawn, or of their clips
            for davis.
        form: What is written.
        out: Folder of the set.
        first: Of the scenes, sorted by their seeds, the first one that is taken.
        count: How many; 0 takes all that are left.
        frames: Frames of each scene, spread over it; 0 takes all.
        phrases: Asked of each picture in the form saco, at most.
        force: Replace an older set at --out.
    """
    check_output(out, (scenes,), kind=ResultKind.PICTURES, force=force)
    files = _files(scenes, form)[first:][: count or None]
    if not files:
        raise ConfigError(f'{scenes} holds no scene behind number {first}; render more.')
    with result_folder(out, ResultKind.PICTURES) as folder:
        pairs = PhraseFile(folder) if form == 'saco' else None
        askers = {drawn: scene_asker(drawn) for drawn in (False, True)}
        spoken: set[str] = set()
        for path in tqdm(files, unit='scene'):
            scene = read_scene(path)
            if form == 'davis':
                write_davis(folder, path.stem, scene)
                continue
            for index in frames_of(scene, frames):
                view, name = View.of(scene, index), f'{path.stem}_{index:03d}'
                if form == 'sa1b':
                    write_sa1b(folder, number_of(path, index), view)
                elif pairs is None:
                    write_plain(folder, name, view)
                else:
                    rng = np.random.default_rng(number_of(path, index))
                    asker = askers[is_drawn(scene.objects)]
                    pairs.add(name, view, view.asked(asker, phrases, rng))
            spoken |= set(phrases_of([scene]))
        if pairs is not None:
            pairs.close()
            write_phrases(folder, sorted(spoken))
    print(f'{len(files)} scenes as {form} in {out}')


def _files(folder: Path, form: Form) -> list[Path]:
    kind = 'clip' if form == 'davis' else 'scene'
    found = sorted(folder.glob(f'{kind}_*.npz'), key=lambda p: [int(n) for n in _numbers(p)])
    if not found:
        raise ConfigError(
            f'{folder} holds no {kind}_*.npz; render with training.data.tabletop_render, or '
            'training.data.clips.clip_render for davis.'
        )
    return found


def _numbers(path: Path) -> list[str]:
    return path.stem.split('_')[1:]


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.data.public_forms', __doc__, public_forms, argv)


if __name__ == '__main__':
    sys.exit(main())
