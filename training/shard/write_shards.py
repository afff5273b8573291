"""Writes a set as shards, and goes on where an earlier run ended."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from tqdm import tqdm

from efficientsam3_ros.core.errors.one_line import one_line, shown
from efficientsam3_ros.datasets.stills.frame_set import FrameSet
from efficientsam3_ros.datasets.stills.shards.shard_index import (
    INDEX,
    Shard,
    ShardIndex,
    read_index,
)
from training.data.samples.tolerance import DAMAGED, Tolerance
from training.shard.sample_files import sample_files
from training.shard.tar_writing import ShardError, write_tar


def write_shards(frames: FrameSet, out: Path, each: int, tolerance: Tolerance) -> ShardIndex:
    """Write what is missing of a set's shards.

    The index is written after each shard, so that an interrupted run loses one shard at most.

    Args:
        frames: The set.
        out: Folder, perhaps of an interrupted run.
        each: Pictures of a shard.
        tolerance: Bound of damaged pictures.

    Returns:
        The index.

    Raises:
        ShardError: If the folder was begun with another set, or the disk fails.
        TooManyDamagedError: If more pictures are damaged than the bound.
    """
    index = _begun(_planned(frames, each), out)
    index.write(out)
    done = min(len(index.shards) * each, index.pictures)
    with tqdm(total=index.pictures, initial=done, unit='picture') as bar:
        for number in range(len(index.shards), index.count):
            lost = sum(len(shard.skipped) for shard in index.shards)
            work = _Work(frames, range(number * each, min((number + 1) * each, len(frames))))
            path = out / f'shard-{number:06d}.tar'
            count = write_tar(path, work.samples(bar, tolerance, lost))
            shard = Shard(path.name, path.stat().st_size, count, tuple(work.skipped))
            index = index.with_shard(shard)
            index.write(out)
    return index


def _planned(frames: FrameSet, each: int) -> ShardIndex:
    names = sha256()
    for still in frames.stills:
        names.update(still.name.encode() + b'\n')
    plan = names.hexdigest()
    return ShardIndex(frames.name, frames.source, frames.categories, len(frames), each, plan)


def _begun(planned: ShardIndex, out: Path) -> ShardIndex:
    """Return the index of an interrupted run; the planned one where there is none."""
    if not (out / INDEX).is_file():
        return planned
    begun = read_index(out)
    if not planned.continues(begun):
        raise ShardError(
            f'{out} was begun with other pictures ({begun.pictures} of {begun.name}, '
            f'{begun.each} a shard); choose another name, or give the same set and --samples.'
        )
    return begun


class _Work:
    """The pictures of one shard."""

    def __init__(self, frames: FrameSet, places: range) -> None:
        self._frames, self._places = frames, places
        self.skipped: list[str] = []

    def samples(self, bar: tqdm, tolerance: Tolerance, lost: int) -> Iterator[dict[str, bytes]]:
        """Yield the files of each picture that can be read; report and count the others."""
        for place in self._places:
            still = self._frames.stills[place]
            try:
                yield sample_files(still, place)
            except DAMAGED as error:
                reason = f'{shown(still.name)} is skipped: {one_line(error)}'
                self.skipped.append(reason)
                bar.write(reason)
                damaged = lost + len(self.skipped)
                tolerance.check(damaged, len(self._frames), one_line(error))
            bar.update()
