"""Miniature data sets in the exact format of the real ones, traps included."""

from __future__ import annotations

from collections.abc import Sequence
import json
from pathlib import Path
import struct
from typing import Any
import zlib

import cv2
import numpy as np
import pycocotools.mask

from efficientsam3_ros.core import Rle

HEIGHT, WIDTH = 24, 40


def gray(number: int) -> np.ndarray:
    """Return a picture whose brightness tells its number."""
    return np.full((HEIGHT, WIDTH, 3), 8 * number, np.uint8)


def number_of(rgb: np.ndarray) -> int:
    """Return the number of a picture, JPEG's loss taken out."""
    return round(float(rgb.mean()) / 8)


def bar(number: int, row: int = 2) -> np.ndarray:
    """Return a mask whose left column tells the number."""
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[row : row + 5, number : number + 9] = True
    return mask


def begins(mask: Rle) -> int:
    """Return the number that a bar tells."""
    return mask.x


def jpeg(path: Path, number: int) -> None:
    """Write a picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), gray(number))


def png(path: Path, ids: np.ndarray, bits: int = 8, kind: int = 3) -> None:
    """Write ids as a PNG of 1 to 8 bits, palettised (3) or grey (0).

    The palette is upside down, so that whoever reads colours finds other values.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width = ids.shape
    rows = np.unpackbits(ids.astype(np.uint8)[..., None], axis=-1)[..., 8 - bits :]
    packed = np.packbits(rows.reshape(height, -1), axis=1)
    lines = np.hstack([np.zeros((height, 1), np.uint8), packed])
    colors = bytes(255 - i for i in range(1 << bits) for _ in range(3))
    header = struct.pack('>IIBBBBB', width, height, bits, kind, 0, 0, 0)
    chunks = [(b'IHDR', header)] + ([(b'PLTE', colors)] if kind == 3 else [])
    chunks += [(b'IDAT', zlib.compress(lines.tobytes())), (b'IEND', b'')]
    path.write_bytes(b'\x89PNG\r\n\x1a\n' + b''.join(_chunk(*chunk) for chunk in chunks))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def two_objects(number: int) -> np.ndarray:
    """Return ids 1 and 2; the second is gone in picture 3."""
    ids = bar(number).astype(np.uint8)
    if number != 3:
        ids[bar(number, row=12)] = 2
    return ids


def davis(root: Path, videos: Sequence[str] = ('bear', 'cow'), count: int = 6) -> Path:
    """Write DAVIS-2017; ``bear`` is its val split."""
    for video in videos:
        for n in range(count):
            jpeg(root / 'JPEGImages/480p' / video / f'{n:05d}.jpg', n)
            png(root / 'Annotations/480p' / video / f'{n:05d}.png', two_objects(n))
    for split, names in (('val', videos[:1]), ('train', videos[1:])):
        path = root / f'ImageSets/2017/{split}.txt'
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('\n'.join(names) + '\n')
    return root


def mose(root: Path, split: str = 'valid', annotated: int = 1) -> Path:
    """Write MOSE; of ``valid`` only the first picture is annotated."""
    for n in range(6):
        jpeg(root / split / 'JPEGImages/0a1b' / f'{n:05d}.jpg', n)
    for n in range(annotated):
        png(root / split / 'Annotations/0a1b' / f'{n:05d}.png', two_objects(n), bits=4)
    (root / 'meta_train.json').write_text('{}')
    return root


def sav_val(root: Path) -> Path:
    """Write SA-V val: 17 pictures, two overlapping objects, one PNG missing, one empty."""
    for n in range(17):
        jpeg(root / 'JPEGImages_24fps/sav_000007' / f'{n:05d}.jpg', n)
    for n in range(0, 17, 4):
        folder = root / 'Annotations_6fps/sav_000007'
        png(folder / '000' / f'{n:05d}.png', bar(n) & (n != 8), bits=1, kind=0)
        if n != 12:
            png(folder / '001' / f'{n:05d}.png', bar(n, row=4) * 255, bits=8, kind=0)
    (root / 'sav_val.txt').write_text('sav_000007\n')
    return root


def to_coco(mask: np.ndarray) -> dict[str, Any]:
    """Return COCO's run lengths of a bool (H, W) mask, as they stand in JSON files."""
    coded = pycocotools.mask.encode(np.asfortranarray(mask, np.uint8))
    return {'size': list(mask.shape), 'counts': coded['counts'].decode()}


def sav_train(root: Path, frames: bool = True) -> Path:
    """Write SA-V train: 17 pictures, 5 annotations, absent objects as no pixels and as null."""
    empty = np.zeros((HEIGHT, WIDTH), bool)
    masklet = [
        [
            to_coco(bar(4 * t)),
            to_coco(empty if t in (1, 2) else bar(4 * t, row=10)),
            to_coco(bar(4 * t, row=17)) if t >= 3 else None,
        ]
        for t in range(5)
    ]
    about = {
        'video_id': 'sav_000001',
        'video_frame_count': 17.0,
        'video_height': float(HEIGHT),
        'video_width': float(WIDTH),
        'masklet': masklet,
        'masklet_id': [0, 1, 2],
        'masklet_first_appeared_frame': [0.0, 0.0, 3.0],
        'masklet_frame_count': [5, 5, 5],
        'masklet_type': ['manual'] * 3,
        'masklet_num': 3,
    }
    root.mkdir(parents=True, exist_ok=True)
    (root / 'sav_000001_manual.json').write_text(json.dumps(about))
    automatic = {**about, 'masklet': [m[:1] for m in masklet], 'masklet_id': [0]}
    (root / 'sav_000001_auto.json').write_text(json.dumps(automatic))
    if frames:
        for n in range(17):
            jpeg(root / 'sav_000001' / f'{n:05d}.jpg', n)
    else:
        code = cv2.VideoWriter.fourcc(*'mp4v')
        video = cv2.VideoWriter(str(root / 'sav_000001.mp4'), code, 24.0, (WIDTH, HEIGHT))
        for n in range(17):
            video.write(gray(n))
        video.release()
    return root


def veval(root: Path) -> Path:
    """Write a VEval file: one video of five pictures, three pairs, one of them negative."""
    names = [f'sav_000208/{n:05d}.jpg' for n in range(0, 20, 4)]
    for n in range(0, 20, 4):
        jpeg(root / f'media/saco_sav/JPEGImages_24fps/sav_000208/{n:05d}.jpg', n)
    masks = [to_coco(bar(n)) if n != 8 else None for n in range(0, 20, 4)]
    other = [to_coco(bar(n, row=12)) for n in range(0, 20, 4)]

    def masklet(number: int, category: int, phrase: str, found: list[Any], **more: Any) -> Any:
        return {
            'id': number,
            'video_id': 5,
            'category_id': category,
            'noun_phrase': phrase,
            'segmentations': found,
            'bboxes': [None if m is None else [0.0, 0.0, 1.0, 1.0] for m in found],
            'areas': [None if m is None else 1.0 for m in found],
            'iscrowd': 0,
            'height': HEIGHT,
            'width': WIDTH,
            **more,
        }

    pairs = [(1, 'the red mug', 1), (2, 'a bowl', 2), (3, 'unicorn', 0)]
    about = {
        'info': {'version': 'v1'},
        'videos': [
            {
                'id': 5,
                'video_name': 'sav_000208',
                'file_names': names,
                'height': HEIGHT,
                'width': WIDTH,
                'length': 5,
            }
        ],
        'annotations': [
            masklet(11, 1, 'the red mug', masks),
            masklet(12, 2, 'a bowl', other),
            masklet(13, 2, 'a bowl', other, iscrowd=1),
            masklet(14, 9, 'not asked', other),
        ],
        'categories': [{'id': i, 'name': name} for i, name, _ in pairs],
        'video_np_pairs': [
            {'id': i, 'video_id': 5, 'category_id': i, 'noun_phrase': name, 'num_masklets': n}
            for i, name, n in pairs
        ],
    }
    path = root / 'annotation/saco_veval_sav_val.json'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(about))
    return path
