"""Recognises sets of labelled pictures."""

from __future__ import annotations

from pathlib import Path

from efficientsam3_ros.datasets.masks import read_json
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.coco import CocoPictures, is_coco
from efficientsam3_ros.datasets.stills.frame_set import FrameSet
from efficientsam3_ros.datasets.stills.rgbd import RgbdScenes, is_rgbd
from efficientsam3_ros.datasets.stills.sa1b.pictures import Sa1bPictures, is_sa1b
from efficientsam3_ros.datasets.stills.saco.pair_file import annotator_files, is_saco
from efficientsam3_ros.datasets.stills.saco.phrases import SacoPhrases
from efficientsam3_ros.datasets.stills.shards.shard_pictures import ShardPictures, is_shards

_IMAGES = 'images'
_FILES = ('instances_*.json', 'lvis_*.json', 'gold_*.json', 'silver_*.json')


def find_stills(path: Path, media: Path | None = None) -> FrameSet | None:
    """Return the set of labelled pictures at a path.

    Args:
        path: A folder of RGB-D scenes, or of shards; a folder or tars of SA-1B; a JSON file in
            COCO's form, of LVIS, or of SA-Co Gold or Silver; or a folder with one such file,
            beside ``images``.
        media: Folder of the pictures; else ``images`` beside the JSON file, or the file's folder.

    Returns:
        None if it is something else.

    Raises:
        SequenceError: If it is one, but damaged, or several.
    """
    if is_sa1b(path):
        return Sa1bPictures(path)
    if path.is_file():
        return _of_file(path, media) if path.suffix == '.json' else None
    if is_shards(path):
        return ShardPictures(path)
    if is_rgbd(path):
        return RgbdScenes(path)
    files = sorted({annotator_files(file)[0] for kind in _FILES for file in path.glob(kind)})
    if len(files) > 1:
        names = ', '.join(file.name for file in files)
        raise SequenceError(f'{path} holds {names}; give the one to evaluate.')
    return _of_file(files[0], media) if files else None


def _of_file(path: Path, media: Path | None) -> FrameSet | None:
    data = read_json(path)
    beside = path.parent / _IMAGES
    images = media or (beside if beside.is_dir() else path.parent)
    if is_saco(data):
        return SacoPhrases(images, path, data)
    if is_coco(data) or path.match(_FILES[0]):
        return CocoPictures(images, path, data)
    return None
