r"""Caches what a bundle's frozen image encoder sees in rendered clips.

The encoder is the exported graph that runs on the robot: four times as fast on a CPU as in torch,
and a memory trained on its features meets no others. Each level of each clip is one float16
``.npy`` file, read as a memory map; a frame of ``nano`` takes 1.7 MB. Finished clips are skipped.
``index.json`` holds the checksum of the graph and the digest of its preprocess; a cache of
another encoder is refused.

Examples:
    python -m training.data.clips.clip_features --clips data/clips/train \
        --bundle efficientsam3_ros/bundles/nano
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
import json
from pathlib import Path
import sys

import numpy as np
from tqdm import tqdm

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.core.writing.atomic import replacing, write_json
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.result_marker import ResultKind, mark_folder
from efficientsam3_ros.engine import Engine, load_engine
from training.data.scene_file import read_scene
from training.settings.command_line import run_command

LEVELS = ('level_0', 'level_1', 'level_2')
INDEX = 'index.json'
_HALF_LARGEST = 65504.0


class FeatureCacheError(ValueError):
    """A cache that must not be used; the message says why and what to do."""


@dataclass(frozen=True)
class EncoderIdentity:
    """Which encoder made a cache.

    Attributes:
        image_encoder: SHA-256 of its graph.
        preprocess: Digest of the preprocess.
    """

    image_encoder: str
    preprocess: str

    @classmethod
    def of(cls, manifest: Manifest) -> EncoderIdentity:
        """Return the identity of a bundle's encoder."""
        graph = manifest.graphs['image_encoder']
        return cls(graph.sha256, manifest.preprocess.digest())


def feature_folder(clips: Path) -> Path:
    """Return the folder of a clip folder's cache."""
    return clips / 'features'


def clip_files(clips: Path) -> list[Path]:
    """Return the clips of a folder in a fixed order.

    Raises:
        FeatureCacheError: If there is none.
    """
    files = sorted(clips.glob('clip_*.npz'))
    if not files:
        raise FeatureCacheError(
            f'{clips} holds no clip; render some with python -m training.data.clips.clip_render.'
        )
    return files


def check_cache_folder(clips: Path, inputs: Sequence[Path] = ()) -> None:
    """Refuse a cache folder in which something else would be overwritten; change nothing.

    Args:
        clips: Folder of clips, of which the cache folder is a part.
        inputs: What is read beside the clips.

    Raises:
        FeatureCacheError: If there is no clip.
        OutputError: If it is, holds or lies in what is read, or holds anything but features.
    """
    read = (*clip_files(clips), *inputs)
    check_output(feature_folder(clips), read, kind=ResultKind.FEATURES, resume=True)


def cache_clips(engine: Engine, clips: Path) -> None:
    """Encode every clip that is not in the cache yet.

    Args:
        engine: Runs the bundle's image encoder.
        clips: Folder of ``training.data.clips.clip_render``.

    Raises:
        FeatureCacheError: If there is no clip, the cache is another encoder's, or a feature
            exceeds float16.
        OutputError: If the cache folder holds anything but features.
    """
    check_cache_folder(clips)
    folder = feature_folder(clips)
    folder.mkdir(exist_ok=True)
    mark_folder(folder, ResultKind.FEATURES)
    identity = EncoderIdentity.of(engine.manifest)
    if (folder / INDEX).is_file():
        check_identity(clips, identity)
    else:
        write_json(folder / INDEX, asdict(identity))
    for path in tqdm(clip_files(clips), unit='clip', mininterval=5):
        if not all(level_path(path, level).is_file() for level in LEVELS):
            _cache_clip(engine, path)


def level_path(clip: Path, level: str) -> Path:
    """Return the cache file of one level of a clip: float16 (F, C, h, w)."""
    return feature_folder(clip.parent) / f'{clip.stem}.{level}.npy'


def _cache_clip(engine: Engine, path: Path) -> None:
    frames = []
    for rgb in read_scene(path).rgb:
        found = engine.run('image_encoder', {'image': engine.manifest.preprocess(rgb)})
        frames.append([np.array(engine.to_numpy(found[level])[0]) for level in LEVELS])
    for level, maps in zip(LEVELS, zip(*frames)):
        values = np.stack(maps)
        if not np.abs(values).max() < _HALF_LARGEST:
            raise FeatureCacheError(f'{level} of {path} does not fit float16.')
        with replacing(level_path(path, level)) as part:
            np.save(part, values.astype(np.float16))


def check_identity(clips: Path, expected: EncoderIdentity) -> None:
    """Refuse a cache of another encoder.

    Raises:
        FeatureCacheError: If it is missing, damaged, or its encoder or preprocess differs.
    """
    path = feature_folder(clips) / INDEX
    remedy = 'run python -m training.data.clips.clip_features'
    if not path.is_file():
        raise FeatureCacheError(f'{clips} has no feature cache; {remedy}.')
    try:
        found = EncoderIdentity(**json.loads(path.read_text()))
    except (TypeError, ValueError) as error:
        raise FeatureCacheError(
            f'{path} is damaged ({error}); delete {path.parent} and {remedy}.'
        ) from error
    if found != expected:
        what = 'weights' if found.image_encoder != expected.image_encoder else 'preprocess'
        raise FeatureCacheError(
            f'{path.parent} was made by an encoder with other {what} than the bundle that is '
            f'trained on; delete the folder and {remedy} again.'
        )


def read_levels(clip: Path) -> tuple[np.ndarray, ...]:
    """Return the memory-mapped levels of a clip, each float16 (F, C, h, w), finest first.

    Raises:
        FeatureCacheError: If one is missing or damaged.
    """
    try:
        return tuple(np.load(level_path(clip, level), mmap_mode='r') for level in LEVELS)
    except (OSError, ValueError) as error:
        raise FeatureCacheError(
            f'The features of {clip} cannot be read ({error}); delete them and run '
            'python -m training.data.clips.clip_features.'
        ) from error


def cache(*, clips: Path, bundle: Path, threads: int = 1) -> None:
    """Encode all clips of a folder.

    Args:
        clips: Folder of rendered clips.
        bundle: Whose image encoder is cached.
        threads: CPU threads.
    """
    check_cache_folder(clips, [bundle])
    engine = load_engine(bundle, threads=threads)
    cache_clips(engine, clips)
    engine.close()


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.data.clips.clip_features', __doc__, cache, argv)


if __name__ == '__main__':
    sys.exit(main())
