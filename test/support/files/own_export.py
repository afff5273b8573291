"""Small exports of labeling tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import json
from pathlib import Path
from typing import Any

import numpy as np
from real_folders import SIZE, Thing, painted, save_png


def outline(x: int, y: int, w: int, h: int) -> list[list[int]]:
    """Return a rectangle as a polygon."""
    return [[x, y, x + w, y, x + w, y + h, x, y + h]]


def run_lengths(x: int, y: int, w: int, h: int) -> dict[str, Any]:
    """Return a rectangle as run lengths that are not compressed."""
    mask = np.zeros(SIZE, np.uint8)
    mask[y : y + h, x : x + w] = 1
    edges = np.flatnonzero(np.diff(np.r_[0, mask.T.ravel(), 0]))
    counts = np.diff([0, *edges, mask.size])
    return {'size': list(SIZE), 'counts': counts.tolist()}


def write_pictures(folder: Path, pictures: Mapping[str, Sequence[Thing]]) -> None:
    """Write PNG pictures of things in the colors that their names begin with."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, things in pictures.items():
        save_png(folder / f'{name}.png', painted(things))


def write_json(
    path: Path,
    pictures: Mapping[str, Sequence[Thing]],
    prefix: str = '',
    masks: Any = outline,
    more_categories: Sequence[str] = (),
) -> None:
    """Write a file in COCO's form; pictures are named PREFIX NAME .png."""
    names = [*more_categories, *dict.fromkeys(n for items in pictures.values() for n, _ in items)]
    annotations = [
        {
            'id': 100 * number + place,
            'image_id': number,
            'category_id': names.index(name),
            'segmentation': masks(*box),
            'iscrowd': 0,
            'bbox': list(box),
        }
        for number, things in enumerate(pictures.values())
        for place, (name, box) in enumerate(things)
    ]
    images = [
        {'id': n, 'file_name': f'{prefix}{name}.png', 'height': SIZE[0], 'width': SIZE[1]}
        for n, name in enumerate(pictures)
    ]
    categories = [{'id': n, 'name': name} for n, name in enumerate(names)]
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {'images': images, 'annotations': annotations, 'categories': categories}
    path.write_text(json.dumps(content))


def some_pictures(count: int, first: int = 0) -> dict[str, list[Thing]]:
    """Return pictures of a bolt, and on every second one a nut."""
    return {
        f'p{n:02d}': [('bolt', (4 + n % 5, 6, 20, 16)), *([('nut', (36, 24, 20, 16))] * (n % 2))]
        for n in range(first, first + count)
    }
