"""Miniature sets of single labelled pictures, traps included."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
from miniatures import HEIGHT, WIDTH, bar, jpeg, png, to_coco
import numpy as np

DEPTH_MM = 1234
"""Of the left half of every scene; the right half has no reading."""


def coco(root: Path) -> Path:
    """Write COCO's form: a polygon, run lengths of both kinds, a crowd, an empty mask."""
    for number in range(3):
        jpeg(root / 'images' / f'{number:04d}.jpg', number)
    long = {'size': [HEIGHT, WIDTH], 'counts': [HEIGHT * 4, HEIGHT, HEIGHT * (WIDTH - 5)]}
    masks: list[tuple[int, int, Any, int]] = [
        (10, 3, to_coco(bar(2)), 0),
        (10, 5, [[4, 10, 10, 10, 10, 14, 4, 14]], 0),
        (10, 3, long, 1),
        (11, 3, to_coco(np.zeros((HEIGHT, WIDTH), bool)), 0),
        (11, 5, to_coco(bar(7)), 0),
    ]
    data = {
        'images': [
            {'id': 10 + n, 'file_name': f'{n:04d}.jpg', 'height': HEIGHT, 'width': WIDTH}
            for n in range(3)
        ],
        'annotations': [
            {'id': n, 'image_id': i, 'category_id': c, 'segmentation': m, 'iscrowd': crowd}
            for n, (i, c, m, crowd) in enumerate(masks)
        ],
        'categories': [{'id': 3, 'name': 'cup'}, {'id': 5, 'name': 'wine  glass'}],
    }
    (root / 'instances_val.json').write_text(json.dumps(data))
    return root


def edit(root: Path, change: Any) -> None:
    """Change the annotations of ``coco`` in place."""
    path = root / 'instances_val.json'
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


def rgbd(root: Path, names: bool = True, camera: bool = True) -> Path:
    """Write RGB-D scenes: ``learn2`` and ``learn10``, objects 1 and 2, of which 1 has a name."""
    for number in (2, 10):
        jpeg(root / f'learn{number}_rgb.jpg', number)
        ids = bar(number).astype(np.uint8)
        ids[bar(number, row=12)] = 2
        png(root / f'learn{number}_inst.png', ids)
        depth = np.zeros((HEIGHT, WIDTH), np.uint16)
        depth[:, : WIDTH // 2] = DEPTH_MM
        assert cv2.imwrite(str(root / f'learn{number}_depth.png'), depth)
    if names:
        (root / 'names.json').write_text(json.dumps({'learn2': {'1': 'box'}}))
    if camera:
        about = {'fx': 50.0, 'fy': 52.0, 'cx': 19.5, 'cy': 11.5}
        (root / 'camera.json').write_text(json.dumps(about))
    return root
