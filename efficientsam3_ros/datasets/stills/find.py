"""Recognises sets of labelled pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from efficientsam3_ros.datasets.masks import read_json
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.coco import CocoPictures, is_coco
from efficientsam3_ros.datasets.stills.frame_set import FrameSet
from efficientsam3_ros.datasets.stills.rgbd import RgbdScenes, is_rgbd
from efficientsam3_ros.datasets.stills.sa1b.pictures import Sa1bPictures, is_sa1b

_IMAGES = 'images'


def find_stills(path: Path, media: Path | None = None) -> FrameSet | None:
    """Return the set of labelled pictures at a path.

    Args:
        path: A folder of RGB-D scenes; a JSON file in COCO's form; or a folder with one
            ``instances_*.json`` beside its ``images``.
        media: Folder of the pictures; else ``images`` beside the JSON file, or the file's folder.

    Returns:
        None if it is something else.

    Raises:
        SequenceError: If it is one, but damaged, or several.
    """
    if is_sa1b(path):
        return Sa1bPictures(path)
    if path.is_file():
        data = read_json(path) if path.suffix == '.json' else None
        return _coco(path, media, data) if is_coco(data) else None
    if is_rgbd(path):
        return RgbdScenes(path)
    files = sorted(path.glob('instances_*.json'))
    if len(files) > 1:
        names = ', '.join(file.name for file in files)
        raise SequenceError(f'{path} holds {names}; give the one to evaluate.')
    return _coco(files[0], media) if files else None


def _coco(path: Path, media: Path | None, data: Any = None) -> CocoPictures:
    beside = path.parent / _IMAGES
    return CocoPictures(media or (beside if beside.is_dir() else path.parent), path, data)
