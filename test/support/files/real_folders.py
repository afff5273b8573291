"""Small folders laid out as suites of real pictures are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import json
from pathlib import Path

import cv2
import numpy as np

SIZE = 48, 64
Box = tuple[int, int, int, int]
Thing = tuple[str, Box]
"""Name and (x, y, width, height)."""
COLORS = {'red': (255, 10, 10), 'green': (10, 255, 10), 'blue': (10, 10, 255)}


def painted(things: Sequence[tuple[str, Box]]) -> np.ndarray:
    """Return a gray picture with boxes in the colors that their names begin with."""
    rgb = np.full((*SIZE, 3), 90, np.uint8)
    for name, (x, y, w, h) in things:
        color = next((c for word, c in COLORS.items() if name.startswith(word)), None)
        if color:
            rgb[y : y + h, x : x + w] = color
    return rgb


def save_png(path: Path, pixels: np.ndarray) -> None:
    data = pixels[:, :, ::-1] if pixels.ndim == 3 else pixels
    path.write_bytes(cv2.imencode('.png', data)[1].tobytes())


def coco_folder(
    root: Path,
    categories: Sequence[str],
    pictures: Mapping[str, Sequence[Thing]],
    shown: Mapping[str, Sequence[Thing]] | None = None,
    crowds: Mapping[str, Sequence[Thing]] | None = None,
) -> Path:
    """Write a folder in COCO's form.

    Args:
        root: New folder.
        categories: All of the file.
        pictures: Name to what is annotated.
        shown: Name to what is painted; what is annotated where a name is missing.
        crowds: Name to regions with ``iscrowd``.
    """
    (root / 'images').mkdir(parents=True)
    annotations = []
    for number, (name, things) in enumerate(pictures.items(), 1):
        save_png(root / 'images' / f'{name}.png', painted((shown or {}).get(name, things)))
        for crowd, items in enumerate((things, (crowds or {}).get(name, ()))):
            for concept, (x, y, w, h) in items:
                outline = [x, y, x + w, y, x + w, y + h, x, y + h]
                annotations.append({
                    'id': len(annotations) + 1, 'image_id': number, 'iscrowd': crowd,
                    'category_id': categories.index(concept) + 1, 'segmentation': [outline],
                })  # fmt: skip
    content = {
        'images': [{'id': n, 'file_name': f'{name}.png', 'height': SIZE[0], 'width': SIZE[1]}
                   for n, name in enumerate(pictures, 1)],
        'annotations': annotations,
        'categories': [{'id': n, 'name': name} for n, name in enumerate(categories, 1)],
    }  # fmt: skip
    (root / 'instances_val.json').write_text(json.dumps(content))
    return root


def scene_folder(
    root: Path,
    scenes: Mapping[str, Sequence[Thing]],
    shown: Mapping[str, Sequence[Thing]] | None = None,
    table: Box = (0, 0, 64, 48),
) -> Path:
    """Write a folder of RGB-D scenes; there is depth on the table only.

    Args:
        root: New folder.
        scenes: Name to the things with a mask; an empty name stands for none in ``names.json``.
        shown: Name to what is painted; what has a mask where a name is missing.
        table: Where depth is known.
    """
    root.mkdir(parents=True)
    x, y, w, h = table
    depth = np.zeros(SIZE, np.uint16)
    depth[y : y + h, x : x + w] = 800
    for name, things in scenes.items():
        ids = np.zeros(SIZE, np.uint8)
        for number, (_, (x, y, w, h)) in enumerate(things, 1):
            ids[y : y + h, x : x + w] = number
        pixels = painted((shown or {}).get(name, things))
        (root / f'{name}_rgb.jpg').write_bytes(
            cv2.imencode('.jpg', pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 100])[1].tobytes()
        )
        save_png(root / f'{name}_inst.png', ids)
        save_png(root / f'{name}_depth.png', depth)
    names = {
        name: {str(n): noun for n, (noun, _) in enumerate(things, 1) if noun}
        for name, things in scenes.items()
    }
    (root / 'names.json').write_text(json.dumps(names))
    return root
