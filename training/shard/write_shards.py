"""Writes a set as shards, and goes on where an earlier run ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tqdm import tqdm

from efficientsam3_ros.datasets.stills.frame_set import FrameSet
from efficientsam3_ros.datasets.stills.shards.shard_index import (
    INDEX,
    Shard,
    ShardIndex,
    read_index,
)
from training.data.samples.tolerance import Tolerance
from training.shard.tar_writing import ShardError
from training.shard.write_shard import Work, in_processes, write_shard


@dataclass(frozen=True)
class Layout:
    """How shards are made.

    Attributes:
        each: Pictures of a shard, damaged ones included.
        longest: Larger pictures are made so long on their longer side, pixels; 0 keeps all.
    """

    each: int = 1000
    longest: int = 0


def write_shards(
    frames: FrameSet, out: Path, layout: Layout, tolerance: Tolerance, workers: int = 1
) -> ShardIndex:
    """Write what is missing of a set's shards.

    The index is written after each shard, so that an interrupted run loses no more than the shards
    at work.

    Args:
        frames: The set.
        out: Folder, perhaps of an interrupted run.
        layout: How they are made.
        tolerance: Bound of damaged pictures, checked after each shard.
        workers: Processes.

    Returns:
        The index.

    Raises:
        ShardError: If the folder was begun with another set, or the disk fails.
        DamageError: If more pictures are damaged than the bound.
    """
    index = _begun(_planned(frames, layout), out)
    index.write(out)
    done = min(len(index.shards) * layout.each, index.pictures)
    numbers = range(len(index.shards), index.count)
    works = [_work(number, index, out) for number in numbers]
    bar = tqdm(total=index.pictures, initial=done, unit='picture')
    with bar, _shards(frames, works, workers, bar.update) as shards:
        for shard in shards:
            for reason in shard.skipped:
                bar.write(reason)
            index = index.with_shard(shard)
            _check(index, tolerance)
            index.write(out)
    return index


@contextmanager
def _shards(
    frames: FrameSet, works: list[Work], workers: int, step: Callable[[int], object]
) -> Iterator[Iterator[Shard]]:
    """Yield the shards in their order, while they are written."""
    if workers > 1 and len(works) > 1:
        with in_processes(frames, works, min(workers, len(works)), step) as shards:
            yield shards
    else:
        yield (write_shard(frames, work, step) for work in works)


def _check(index: ShardIndex, tolerance: Tolerance) -> None:
    damaged = [reason for shard in index.shards for reason in shard.skipped]
    if damaged:
        tolerance.check(len(damaged), index.pictures, damaged[-1])


def _work(number: int, index: ShardIndex, out: Path) -> Work:
    first = number * index.each
    places = range(first, min(first + index.each, index.pictures))
    return Work(out / f'shard-{number:06d}.tar', places, index.longest)


def _planned(frames: FrameSet, layout: Layout) -> ShardIndex:
    names = sha256()
    for still in frames.stills:
        names.update(still.name.encode(errors='replace') + b'\n')
    return ShardIndex(
        name=frames.name,
        source=frames.source,
        categories=frames.categories,
        pictures=len(frames),
        each=layout.each,
        longest=layout.longest,
        plan=names.hexdigest(),
    )


def _begun(planned: ShardIndex, out: Path) -> ShardIndex:
    """Return the index of an interrupted run; the planned one where there is none."""
    if not (out / INDEX).is_file():
        return planned
    begun = read_index(out)
    if not planned.continues(begun):
        raise ShardError(
            f'{out} was begun otherwise ({begun.pictures} pictures of {begun.name}, {begun.each} '
            f'a shard, longest side {begun.longest or "kept"}); choose another name, or give the '
            'same set and options.'
        )
    return begun
