"""Cut-outs of photographs of one thing on a plain board, and of product pictures on white."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from tqdm import tqdm

from efficientsam3_ros.media.picture_files import read_picture
from training.data.cutouts.cutting import cut_out, is_whole
from training.data.cutouts.plain_board import on_board, on_white

ICON_NOUNS: Mapping[str, str] = {
    'Apple': 'apple', 'Avocado': 'avocado', 'Banana': 'banana', 'Lemon': 'lemon',
    'Mango': 'mango', 'Melon': 'melon', 'Orange': 'orange', 'Peach': 'peach',
    'Nectarine': 'peach', 'Pear': 'pear', 'Pineapple': 'pineapple', 'Juice': 'juice carton',
    'Milk': 'milk carton', 'Oat-Milk': 'milk carton', 'Soy-Milk': 'milk carton',
    'Sour-Milk': 'milk carton', 'Oatghurt': 'carton', 'Sour-Cream': 'carton',
    'Soyghurt': 'carton', 'Yoghurt': 'carton', 'Cucumber': 'cucumber', 'Pepper': 'pepper',
    'Potato': 'potato',
}  # fmt: skip
"""Second part of a file name to a noun."""
HEAPS = frozenset(
    {'Kiwi', 'Lime', 'Papaya', 'Passion-Fruit', 'Plum', 'Satsumas', 'Asparagus', 'Carrots'}
    | {'Mushroom', 'Onion', 'Floury-Potato', 'Solid-Potato', 'Red-Beet', 'Beef-Tomato'}
    | {'Regular-Tomato', 'Vine-Tomato'}
)
"""Parts of file names of pictures that show several things."""


def cut_boards(root: Path, names: Mapping[str, str]) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield file, noun (empty if unknown) and RGBA of things that lie whole on a board.

    Args:
        root: Folder of folders of pictures.
        names: Noun by the file below the root, where somebody looked.
    """
    for file in tqdm(sorted(root.rglob('*.jpg')), root.name, unit='picture'):
        rgb, name = read_picture(file), file.relative_to(root).as_posix()
        mask = on_board(rgb)
        if mask is not None and is_whole(mask):
            yield name, names.get(name, ''), cut_out(rgb, mask)


def cut_icons(root: Path) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield file, noun (empty if unknown) and RGBA of product pictures on white."""
    files = [f for f in sorted(root.glob('*.jpg')) if HEAPS.isdisjoint(f.stem.split('__'))]
    for file in tqdm(files, root.name, unit='picture'):
        rgb = np.pad(read_picture(file), ((6, 6), (6, 6), (0, 0)), constant_values=255)
        mask = on_white(rgb)
        if mask is not None and is_whole(mask):
            yield file.name, ICON_NOUNS.get(file.stem.split('__')[1], ''), cut_out(rgb, mask)
