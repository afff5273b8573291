r"""Makes clips of photographs with masks: a camera pans over each, and a thing leaves and returns.

The camera's path is that of the pans that are measured on (``efficientsam3_ros.datasets.stills``);
here a seed chooses the thing that leaves, half of the time one that others of its name are beside.
Only what is trained on is read (``instances_train.json``); every 12th picture serves validation.
The files are those of ``training.data.clips.clip_render``; finished clips are skipped.

Examples:
    python -m training.data.clips.pan_clips --out data/clips/pans --clips 90 \
        --coco data/real/coco --tools data/real/tools
    python -m training.data.clips.pan_clips --out data/clips/val_pans --clips 8 --validation \
        --coco data/real/coco --tools data/real/tools
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
import sys

import numpy as np
from tqdm import tqdm

from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.coco_picture import CocoPicture
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame
from training.data.clips.pan_still import PanStill
from training.data.rendering import scene_folder
from training.data.sources.coco_names import UNDER
from training.data.sources.source import Part
from training.data.sources.stills import StillSource
from training.data.vocabulary import Vocabulary, VocabularyConfig
from training.settings.command_line import Count, Seed, run_command

NARROWEST = 440
"""Pixels across the narrowest picture: a window shows about half of it."""


def wide_stills(root: Path, vocabulary: Vocabulary, validation: bool) -> list[CocoPicture]:
    """Return the pictures of a set that a camera can pan over, in a fixed random order.

    Args:
        root: As in ``StillSource``.
        vocabulary: Tells what is an object.
        validation: Take the pictures that are held out instead of those that are trained on.

    Raises:
        SequenceError: If the folder cannot be read or holds none.
    """
    stills = StillSource(root, vocabulary, part=Part(validation)).stills
    wide = [s for s in stills if s.size and s.size[1] >= max(NARROWEST, s.size[0])]
    wide = [s for s in wide if sum(i.concept not in UNDER for i in s.instances) > 1]
    if not wide:
        raise SequenceError(
            f'{root} has no picture with two things that is {NARROWEST} pixels wide and no higher '
            'than wide; name another set.'
        )
    order = np.random.default_rng(0).permutation(len(wide))
    return [wide[place] for place in order]


def make_pans(
    *,
    out: Path,
    coco: Path | None = None,
    tools: Path | None = None,
    clips: Count = 90,
    frames: Count = 16,
    width: Count = 384,
    height: Count = 288,
    first_seed: Seed = 0,
    validation: bool = False,
) -> None:
    """Make all clips with a progress bar, as many of each set.

    Args:
        out: Folder of the clip files.
        coco: Set in COCO's form, of which the training part is used.
        tools: Another one.
        clips: How many.
        frames: Frames of each clip.
        width: Image columns: those of the network's input.
        height: Image rows.
        first_seed: Seed of the first clip; the others follow it.
        validation: Pan over the pictures that are held out.
    """
    roots = [root for root in (coco, tools) if root is not None]
    if not roots:
        raise SequenceError('Nothing to pan over; give --coco or --tools.')
    vocabulary = Vocabulary.of(VocabularyConfig('household'))
    sets = [wide_stills(root, vocabulary, validation) for root in roots]
    scene_folder(out, roots)
    for seed in tqdm(range(first_seed, first_seed + clips), unit='clip', mininterval=5):
        path = out / f'clip_{seed:05d}_0.npz'
        if not path.is_file():
            still = _read(sets[seed % len(sets)], seed // len(sets))
            PanStill.of(still, vocabulary).clip(seed, frames, (height, width)).write(path)


def _read(stills: Sequence[CocoPicture], number: int) -> LabeledFrame:
    """Read a picture, or the next one that can be read."""
    reason = ''
    for place in range(number, number + len(stills)):
        try:
            return stills[place % len(stills)].read()
        except SequenceError as error:
            reason = str(error)
            tqdm.write(f'{reason} It is left out.')
    raise SequenceError(f'Not one picture can be read: {reason}')


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.data.clips.pan_clips', __doc__, make_pans, argv)


if __name__ == '__main__':
    sys.exit(main())
