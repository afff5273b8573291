"""A miniature SA-1B: nested and overlapping masks, one without pixels; as files or as a tar."""

from __future__ import annotations

from collections.abc import Callable
import io
import json
from pathlib import Path
import tarfile
from typing import Any

from miniatures import HEIGHT, WIDTH, jpeg, to_coco
import numpy as np

NUMBERS = (2, 10)


def outer(number: int) -> np.ndarray:
    """Return the mask of a whole thing, bool (H, W)."""
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[4:20, number : number + 20] = True
    return mask


def inner(number: int) -> np.ndarray:
    """Return the mask of a part of it."""
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[6:12, number + 2 : number + 8] = True
    return mask


def _entry(number: int, mask: np.ndarray, iou: float, stability: float) -> dict[str, Any]:
    rows, columns = np.nonzero(mask) if mask.any() else ([0], [0])
    x, y = int(min(columns)), int(min(rows))
    return {
        'id': 550_000_000 + number,
        'segmentation': to_coco(mask),
        'bbox': [x, y, int(max(columns)) - x + 1, int(max(rows)) - y + 1],
        'area': int(mask.sum()),
        'predicted_iou': iou,
        'stability_score': stability,
        'crop_box': [0, 0, WIDTH, HEIGHT],
        'point_coords': [[x + 1.5, y + 2.5]],
    }


def about(number: int) -> dict[str, Any]:
    """Return what the JSON file of a picture holds."""
    return {
        'image': {
            'image_id': number,
            'width': WIDTH,
            'height': HEIGHT,
            'file_name': f'sa_{number}.jpg',
        },
        'annotations': [
            _entry(0, inner(number), 0.9, 0.97),
            _entry(1, np.zeros((HEIGHT, WIDTH), bool), 0.95, 0.99),
            _entry(2, outer(number), 1.01, 0.95),
        ],
    }


def sa1b(root: Path) -> Path:
    """Write pictures beside their annotations."""
    for number in NUMBERS:
        jpeg(root / f'sa_{number}.jpg', number)
        (root / f'sa_{number}.json').write_text(json.dumps(about(number)))
    return root


def packed(folder: Path, tar: Path, inside: str = 'sa_000020/') -> Path:
    """Pack a folder as it is downloaded, its last file first."""
    tar.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(tar, 'w') as archive:
        for path in sorted(folder.iterdir(), reverse=True):
            member = tarfile.TarInfo(inside + path.name)
            member.size = path.stat().st_size
            archive.addfile(member, io.BytesIO(path.read_bytes()))
    return tar


def edit(path: Path, change: Callable[[Any], object]) -> None:
    """Change a JSON file in place."""
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))
