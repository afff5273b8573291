"""Filling a cache: bounded, told beforehand, gone on with where it was interrupted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
import shutil

import numpy as np
import torch
from tqdm import tqdm

from efficientsam3_ros.core.errors.one_line import one_line, shown
from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.datasets.stills.frame_set import StillFile
from training.data.samples.skipping import say
from training.data.samples.tolerance import DAMAGED, Tolerance
from training.encoder.cache.store import (
    INDEX,
    SHARD,
    FeatureCache,
    FeatureCacheError,
    bytes_of,
    shard_path,
)
from training.teacher.opening import ImageTeacher

_HALF_LARGEST = 65504.0
_GIGABYTE = 1e9


def check_room(cache: FeatureCache, most_gigabytes: float) -> str:
    """Return a sentence on the disk that a cache takes.

    Args:
        cache: To be filled.
        most_gigabytes: Bound of its size.

    Raises:
        FeatureCacheError: If it would be larger, or than what is free beside what is there.
    """
    size = bytes_of(len(cache.places), cache.shape)
    there = sum(path.stat().st_size for path in cache.folder.glob('trunk_*.npy'))
    about = (
        f'{len(cache.places):,} pictures of {bytes_of(1, cache.shape) / 1e6:.1f} MB take '
        f'{size / _GIGABYTE:,.1f} GB in {cache.folder}'
    )
    if size > most_gigabytes * _GIGABYTE:
        raise FeatureCacheError(
            f'{about}, more than the bound of {most_gigabytes:g} GB; raise --gigabytes, name '
            'fewer pictures, or train without a cache.'
        )
    place = next(p for p in (cache.folder, *cache.folder.resolve().parents) if p.exists())
    free = shutil.disk_usage(place).free
    if size - there > free:
        raise FeatureCacheError(f'{about}, and {free / _GIGABYTE:,.1f} GB are free.')
    return f'{about}.'


def fill(
    cache: FeatureCache, stills: Sequence[StillFile], teacher: ImageTeacher, batch: int
) -> None:
    """Let the teacher look at every picture; finished shards are left as they are.

    Args:
        cache: Of these pictures, in this order.
        stills: The pictures.
        teacher: Looks at them.
        batch: Pictures at once.

    Raises:
        FeatureCacheError: If the folder holds a cache of other pictures, or a feature does not
            fit float16.
        DamageError: If too many pictures are damaged.
    """
    if (cache.folder / INDEX).is_file():
        before = FeatureCache.open(cache.folder, cache.identity)
        if list(before.places) != list(cache.places):
            raise FeatureCacheError(f'{cache.folder} holds other pictures; name another folder.')
    cache.folder.mkdir(parents=True, exist_ok=True)
    cache.write_index()
    damaged = 0
    progress = tqdm(total=len(stills), unit='picture', mininterval=5)
    for number, first in enumerate(range(0, len(stills), SHARD)):
        part, path = stills[first : first + SHARD], shard_path(cache.folder, number)
        if not path.is_file():
            damaged += _write_shard(path, part, cache.shape, teacher, batch)
            last = f'See above; the shard is {path.name}.'
            Tolerance().check(damaged, len(stills), last)
        progress.update(len(part))
    progress.close()


def _write_shard(
    path: Path,
    stills: Sequence[StillFile],
    shape: tuple[int, int, int],
    teacher: ImageTeacher,
    batch: int,
) -> int:
    """Write a shard; return how many pictures of it are damaged, whose rows are not numbers."""
    with replacing(path) as place:
        rows = np.lib.format.open_memmap(
            place, mode='w+', dtype=np.float16, shape=(len(stills), *shape)
        )
        rows[:] = np.nan
        done = 0
        for numbers, images in _prepared(stills, teacher, batch):
            trunk = teacher.encode_image(images).trunk
            assert trunk is not None
            if not float(trunk.abs().max()) < _HALF_LARGEST:
                raise FeatureCacheError(f'A feature of {stills[numbers[0]].name} exceeds float16.')
            rows[numbers] = trunk.to('cpu', torch.float16).numpy()
            done += len(numbers)
        rows.flush()
        del rows
    return len(stills) - done


def _prepared(
    stills: Sequence[StillFile], teacher: ImageTeacher, batch: int
) -> Iterator[tuple[list[int], torch.Tensor]]:
    """Iterate over places and prepared images of the pictures that can be read."""
    numbers: list[int] = []
    images: list[np.ndarray] = []
    for number, still in enumerate(stills):
        try:
            rgb = still.read().frame.rgb
        except DAMAGED as error:
            say(f'{shown(still.name)} is skipped: {one_line(error)}')
        else:
            numbers.append(number)
            images.append(teacher.preprocess(rgb))
        if images and (len(images) == batch or number + 1 == len(stills)):
            yield numbers, torch.from_numpy(np.concatenate(images))
            numbers, images = [], []
