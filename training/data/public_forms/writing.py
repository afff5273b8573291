"""Writes frames of scenes as SA-1B, SA-Co, DAVIS or plain pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from efficientsam3_ros.core import Rle
from efficientsam3_ros.core.writing.atomic import write_json
from efficientsam3_ros.core.writing.picture_file import write_picture
from efficientsam3_ros.datasets.coco import to_coco
from training.data.public_forms.objects import View
from training.data.scene_file import SceneFile

_FRAMES = 1000
"""More than a scene has."""


def write_sa1b(folder: Path, number: int, view: View) -> None:
    """Write ``sa_N.jpg`` with the masks of everything in ``sa_N.json``."""
    height, width = view.rgb.shape[:2]
    entries = [_mask(n, mask) for n, mask in enumerate(view.seen.values(), 1)]
    image = {'image_id': number, 'width': width, 'height': height, 'file_name': f'sa_{number}.jpg'}
    write_picture(folder / f'sa_{number}.jpg', view.rgb)
    write_json(folder / f'sa_{number}.json', {'image': image, 'annotations': entries})


def _mask(number: int, mask: Rle) -> dict[str, Any]:
    x0, y0, x1, y1 = (int(v) for v in mask.box_xyxy)
    return {
        'id': number,
        'segmentation': to_coco(mask),
        'bbox': [x0, y0, x1 - x0, y1 - y0],
        'area': int(mask.area),
        'predicted_iou': 1.0,
        'stability_score': 1.0,
        'crop_box': [0, 0, mask.width, mask.height],
        'point_coords': [],
    }


class PhraseFile:
    """Collects pictures with phrases, and writes them in the form of SA-Co Silver.

    Args:
        folder: Receives ``images`` and the JSON file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pairs: list[dict[str, Any]] = []
        self._masks: list[dict[str, Any]] = []
        (folder / 'images').mkdir(exist_ok=True)

    def add(self, name: str, view: View, asked: dict[str, tuple[Rle, ...]]) -> None:
        """Write a picture, and keep what is asked of it."""
        height, width = view.rgb.shape[:2]
        write_picture(self._folder / 'images' / f'{name}.jpg', view.rgb)
        for phrase, masks in asked.items():
            number = len(self._pairs) + 1
            self._pairs.append(
                {
                    'id': number,
                    'file_name': f'{name}.jpg',
                    'text_input': phrase,
                    'width': width,
                    'height': height,
                    'is_instance_exhaustive': 1,
                }
            )
            for mask in masks:
                entry = {'id': len(self._masks) + 1, 'image_id': number, 'iscrowd': 0}
                self._masks.append(entry | {'segmentation': to_coco(mask)})

    def close(self) -> None:
        """Write the JSON file."""
        data = {'images': self._pairs, 'annotations': self._masks, 'categories': [{'id': 1}]}
        write_json(self._folder / 'silver_simulated_merged_test.json', data)


def write_davis(folder: Path, name: str, scene: SceneFile) -> None:
    """Write a clip: pictures beside masks whose gray values are the objects' numbers.

    Raises:
        ValueError: If the clip holds more objects than gray values.
    """
    if scene.ids.max() >= 255:
        raise ValueError(f'{name} holds more than 254 objects; render fewer.')
    for index, (rgb, ids) in enumerate(zip(scene.rgb, scene.ids)):
        write_picture(folder / 'JPEGImages' / name / f'{index:05d}.jpg', rgb)
        path = folder / 'Annotations' / name / f'{index:05d}.png'
        path.parent.mkdir(parents=True, exist_ok=True)
        if not cv2.imwrite(str(path), ids.astype(np.uint8)):
            raise OSError(f'{path} cannot be written; is there room on the disk?')


def write_plain(folder: Path, name: str, view: View) -> None:
    """Write a picture of which nothing is told."""
    write_picture(folder / f'{name}.jpg', view.rgb)


def number_of(path: Path, index: int) -> int:
    """Return the number of a frame of a scene file, unique among all scenes."""
    return int(path.stem.split('_')[1]) * _FRAMES + index


def frames_of(scene: SceneFile, frames: int) -> Iterator[int]:
    """Iterate over the places of so many frames, spread over the scene; 0 means all."""
    count = len(scene.rgb)
    yield from np.linspace(0, count - 1, min(frames or count, count)).round().astype(int).tolist()


def write_phrases(folder: Path, phrases: list[str]) -> None:
    """Write ``phrases.txt``, one a line."""
    (folder / 'phrases.txt').write_text('\n'.join(phrases) + '\n', encoding='utf-8')
