"""Tiny data sets to train on: photographs with masks, and cut-outs."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from training.data.sources.cutouts import Cutout, write_cutout, write_index


def rectangle(x0: int, y0: int, x1: int, y1: int) -> list[list[int]]:
    return [[x0, y0, x1, y0, x1, y1, x0, y1]]


def write_coco(root: Path) -> Path:
    """Make 14 pictures of 96x64: a blue cup, a green bottle, a crowd of books and a person."""
    (root / 'images').mkdir()
    names = ('cup', 'bottle', 'book', 'person', 'zebra')
    shapes = ((1, (8, 8, 40, 36)), (2, (50, 20, 74, 60)), (4, (76, 0, 96, 30)))
    images, annotations = [], []
    for number in range(1, 15):
        rgb = np.full((64, 96, 3), 120, np.uint8)
        for category, (x0, y0, x1, y1) in shapes:
            rgb[y0:y1, x0:x1] = ((200, 20, 20), (20, 20, 200), (20, 200, 20))[category % 3]
            annotations.append(
                {
                    'id': len(annotations) + 1,
                    'image_id': number,
                    'category_id': category,
                    'segmentation': rectangle(x0, y0, x1, y1),
                    'iscrowd': 0,
                }
            )
        books = np.zeros((64, 96), np.uint8)
        books[40:, :40] = 1
        runs = np.flatnonzero(np.diff(np.r_[0, books.T.ravel(), 0])).tolist()
        counts = np.diff([0, *runs, 64 * 96]).tolist()
        annotations.append(
            {
                'id': len(annotations) + 1,
                'image_id': number,
                'category_id': 3,
                'segmentation': {'size': [64, 96], 'counts': counts},
                'iscrowd': 1,
            }
        )
        cv2.imwrite(str(root / f'images/{number}.png'), rgb[..., ::-1])
        images.append({'id': number, 'file_name': f'{number}.png', 'height': 64, 'width': 96})
    content = {
        'images': images,
        'annotations': annotations,
        'categories': [{'id': i, 'name': name} for i, name in enumerate(names, 1)],
    }
    (root / 'instances_train.json').write_text(json.dumps(content))
    return root


def write_cutouts(root: Path) -> Path:
    """Make four cut-outs: a red can, a green apple, a blue bottle and a thing without a noun."""
    looks = (('can', (200, 30, 30)), ('apple', (30, 200, 30)), ('bottle', (30, 30, 200)))
    cutouts = []
    for noun, color in (*looks, ('', (200, 200, 30))):
        rgba = np.zeros((60, 40, 4), np.uint8)
        rgba[4:56, 4:36] = (*color, 255)
        cutouts.append(Cutout(f'{noun or "thing"}.png', 'trashnet', noun))
        write_cutout(root, cutouts[-1], rgba)
    write_index(root, cutouts)
    return root
