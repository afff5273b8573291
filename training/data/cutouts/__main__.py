"""Cut things out of photographs with masks, of things on plain boards, and of product pictures.

The folder holds a PNG picture with transparency for each, and ``cutouts.json`` with their nouns.
Pictures that serve validation are left out.

Examples:
    python -m training.data.cutouts --coco data/real/coco --tools data/real/tools \
        --trashnet data/real/trashnet --icons data/real/grocery_icons --out data/cutouts
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
import sys

import numpy as np
import yaml

from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.core.writing.output import check_output
from training.data.cutouts.plain import cut_boards, cut_icons
from training.data.cutouts.stills import cut_stills
from training.data.sources.coco_names import names_of
from training.data.sources.cutouts import Cutout, write_cutout, write_index
from training.data.vocabulary import Vocabulary, VocabularyConfig
from training.settings.command_line import run_command

BOARD_NOUNS = Path(__file__).with_name('trashnet_nouns.yaml')


class _Folder:
    """Cut-outs as they are written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cutouts: list[Cutout] = []

    def add(self, source: str, noun: str, rgba: np.ndarray, origin: str = '') -> None:
        cutout = Cutout(f'{source}_{len(self.cutouts):05d}.png', source, noun, origin)
        write_cutout(self.folder, cutout, rgba)
        self.cutouts.append(cutout)


def cut(
    *,
    out: Path,
    coco: Path | None = None,
    tools: Path | None = None,
    trashnet: Path | None = None,
    icons: Path | None = None,
) -> None:
    """Cut out.

    Args:
        out: A new folder.
        coco: Set in COCO's form, of which the training part is used.
        tools: Another one.
        trashnet: Folder of folders of pictures of one thing on a plain board each.
        icons: Folder of product pictures on white, called as in the Grocery Store dataset.
    """
    check_output(out, (coco, tools, trashnet, icons))
    vocabulary = Vocabulary.of(VocabularyConfig('household'))
    with replacing(out) as part:
        part.mkdir()
        folder = _Folder(part)
        for source, root in (('coco', coco), ('tools', tools)):
            for category, rgba in cut_stills(root, vocabulary, source) if root else ():
                names = names_of(category, vocabulary)
                folder.add(source, names[0] if names else '', rgba)
        if trashnet:
            for origin, noun, rgba in cut_boards(trashnet, _seen_by_eye()):
                folder.add('trashnet', noun, rgba, origin)
        for origin, noun, rgba in cut_icons(icons) if icons else ():
            folder.add('icons', noun, rgba, origin)
        write_index(part, folder.cutouts)
    counts = Counter(cutout.noun or 'without a noun' for cutout in folder.cutouts)
    print(', '.join(f'{noun} {count}' for noun, count in counts.most_common()))


def _seen_by_eye() -> dict[str, str]:
    """Return file to noun, of pictures that somebody looked at."""
    entries = yaml.safe_load(BOARD_NOUNS.read_text())
    return {
        f'{folder}/{folder}{number}.jpg': noun
        for noun, folders in entries.items()
        for folder, numbers in folders.items()
        for number in numbers
    }


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.data.cutouts', __doc__, cut, argv)


if __name__ == '__main__':
    sys.exit(main())
