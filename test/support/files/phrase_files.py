"""Miniatures of SA-Co Gold and Silver, and of LVIS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from miniatures import HEIGHT, WIDTH, bar, jpeg, to_coco

GOLD = 'gold_attributes_merged_{}_release_test.json'
PAIRS = (
    ('0.jpg', 'a red  mug'),
    ('0.jpg', 'unicorn'),
    ('1.jpg', 'bowl'),
    ('1.jpg', 'spoon'),
    ('1.jpg', 'fork'),
    ('sub/1.jpg', 'bowl'),
)
"""Positive, negative, positive, disputed, not exhaustive for b, negative."""


def pair(number: int, file: str, phrase: str, exhaustive: int = 1) -> dict[str, Any]:
    """Return an entry of ``images``."""
    return {
        'id': 10_000_000 + number,
        'file_name': file,
        'text_input': phrase,
        'width': WIDTH,
        'height': HEIGHT,
        'queried_category': str(2000 + number),
        'is_instance_exhaustive': exhaustive,
        'is_pixel_exhaustive': 1,
    }


def mask(number: int, of: int, column: int, row: int = 2, crowd: int = 0) -> dict[str, Any]:
    """Return an entry of ``annotations``; boxes and areas are shares of the picture."""
    return {
        'id': number,
        'image_id': 10_000_000 + of,
        'bbox': [column / WIDTH, row / HEIGHT, 9 / WIDTH, 5 / HEIGHT],
        'area': 45 / HEIGHT / WIDTH,
        'segmentation': to_coco(bar(column, row)),
        'category_id': 1,
        'iscrowd': crowd,
        'source': 'manual',
    }


def gold(root: Path) -> Path:
    """Write Gold: three annotators; only a sees a spoon, b does not find all forks."""
    for name, number in (('0', 0), ('1', 1), ('sub/1', 2)):
        jpeg(root / f'images/{name}.jpg', number)
    for shift, letter in enumerate('abc'):
        masks = [mask(1, 0, shift), mask(2, 0, 20 + shift), mask(3, 2, 5 + shift, row=10)]
        masks += [mask(4, 3, 9)] if letter == 'a' else []
        data = {
            'info': {'version': 'v1'},
            'images': [
                pair(n, file, phrase, exhaustive=int((letter, phrase) != ('b', 'fork')))
                for n, (file, phrase) in enumerate(PAIRS)
            ],
            'annotations': masks,
            'categories': [{'id': 1, 'name': 'object'}],
        }
        (root / GOLD.format(letter)).write_text(json.dumps(data))
    return root


def silver(root: Path) -> Path:
    """Write Silver: a file name with colons, and a crowd."""
    name = '2023-04-05_10:11:12.jpg'
    jpeg(root / 'images' / name, 3)
    data = {
        'images': [pair(0, name, 'cable')],
        'annotations': [mask(1, 0, 2, crowd=1), mask(2, 0, 20)],
        'categories': [{'id': 1, 'name': 'object'}],
    }
    (root / 'silver_droid_merged_test.json').write_text(json.dumps(data))
    return root


def lvis(root: Path) -> Path:
    """Write LVIS: an address instead of a name, polygons, three kinds of knowing."""
    jpeg(root / 'images/train2017/000000000007.jpg', 7)
    jpeg(root / 'images/val2017/000000000008.jpg', 8)

    def image(number: int, split: str, absent: list[int], partly: list[int]) -> dict[str, Any]:
        return {
            'id': number,
            'coco_url': f'http://images.cocodataset.org/{split}/{number:012d}.jpg',
            'height': HEIGHT,
            'width': WIDTH,
            'neg_category_ids': absent,
            'not_exhaustive_category_ids': partly,
        }

    def polygon(number: int, of: int, category: int) -> dict[str, Any]:
        outline = [4, 10, 10, 10, 10, 14, 4, 14]
        about = {'id': number, 'image_id': of, 'category_id': category}
        return {**about, 'segmentation': [outline], 'area': 24.0, 'bbox': [4, 10, 6, 4]}

    names = ('alarm_clock', 'bow_(weapon)', 'cup', 'teapot')
    data = {
        'images': [image(7, 'train2017', [2], [3]), image(8, 'val2017', [3], [])],
        'annotations': [polygon(1, 7, 1), polygon(2, 7, 3)],
        'categories': [
            {'id': n, 'name': name, 'synonyms': [name], 'frequency': 'r'}
            for n, name in enumerate(names, 1)
        ],
    }
    (root / 'lvis_v1_val.json').write_text(json.dumps(data))
    return root
