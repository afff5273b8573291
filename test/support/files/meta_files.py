"""Miniatures of the palettised sets that tell of their objects: YouTube-VOS and LVOS."""

from __future__ import annotations

import json
from pathlib import Path

from miniatures import jpeg, png, two_objects


def youtube_vos(root: Path, split: str = 'train') -> Path:
    """Write YouTube-VOS: every fifth picture; object 2 comes late."""
    for n in range(0, 30, 5):
        jpeg(root / split / 'JPEGImages/0a1b' / f'{n:05d}.jpg', n)
        ids = two_objects(n)
        png(
            root / split / 'Annotations/0a1b' / f'{n:05d}.png',
            ids * (n >= 15) + (ids == 1) * (n < 15),
        )
    names = [f'{n:05d}' for n in range(0, 30, 5)]
    about = {
        '1': {'category': 'giant  panda', 'frames': names},
        '2': {'category': 'dog', 'frames': names[3:]},
    }
    meta = {'videos': {'0a1b': {'objects': about}}}
    (root / split / 'meta.json').write_text(json.dumps(meta))
    return root


def lvos(root: Path, split: str = 'val') -> Path:
    """Write LVOS: eight digits from 00000001 on; numbers as text and as numbers."""
    for n in range(1, 7):
        jpeg(root / split / 'JPEGImages/vid' / f'{n:08d}.jpg', n)
        png(root / split / 'Annotations/vid' / f'{n:08d}.png', two_objects(n))
    about = {
        '1': {'frame_range': {'start': '00000001', 'end': '00000006', 'frame_nums': 6}},
        '2': {'frame_range': {'start': 1, 'end': 6, 'frame_nums': 5}},
    }
    meta = {'videos': {'vid': {'objects': about}}}
    (root / f'{split}_meta.json').write_text(json.dumps(meta))
    return root
