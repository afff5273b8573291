"""Writes one shard, here or in another process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
import multiprocessing
from pathlib import Path

import cv2

from efficientsam3_ros.core.errors.one_line import one_line, shown
from efficientsam3_ros.datasets.stills.frame_set import FrameSet
from efficientsam3_ros.datasets.stills.shards.shard_index import Shard
from training.data.samples.tolerance import DAMAGED
from training.shard.sample_files import sample_files
from training.shard.tar_writing import write_tar


@dataclass(frozen=True)
class Work:
    """One shard that is to be written.

    Attributes:
        path: The tar.
        places: Of its pictures in the set.
        longest: As in ``sample_files``.
    """

    path: Path
    places: range
    longest: int


def write_shard(frames: FrameSet, work: Work, step: Callable[[int], object]) -> Shard:
    """Write a shard of what can be read.

    Args:
        frames: The set.
        work: What is to be done.
        step: Told of the number of pictures that were done.

    Raises:
        ShardError: If the disk fails.
    """
    skipped: list[str] = []

    def samples() -> Iterator[dict[str, bytes]]:
        for place in work.places:
            still = frames.stills[place]
            try:
                yield sample_files(still, place, work.longest)
            except DAMAGED as error:
                skipped.append(f'{shown(still.name)} is skipped: {one_line(error)}')
            step(1)

    count = write_tar(work.path, samples())
    return Shard(work.path.name, work.path.stat().st_size, count, tuple(skipped))


@contextmanager
def in_processes(
    frames: FrameSet, works: Sequence[Work], workers: int, step: Callable[[int], object]
) -> Iterator[Iterator[Shard]]:
    """Yield the shards in their order, written by several processes.

    Args:
        frames: The set, sent to each process once.
        works: What is to be done.
        workers: Processes.
        step: Told of the number of pictures of each shard that came.
    """
    context = multiprocessing.get_context('spawn')
    pool = ProcessPoolExecutor(workers, context, _take, (frames,))

    def shards() -> Iterator[Shard]:
        for work, shard in zip(works, pool.map(_written, works)):
            yield shard
            step(len(work.places))

    try:
        yield shards()
    finally:
        pool.shutdown(cancel_futures=True)


_taken: list[FrameSet] = []
"""The set of this process."""


def _take(frames: FrameSet) -> None:
    cv2.setNumThreads(0)
    _taken[:] = [frames]


def _written(work: Work) -> Shard:
    return write_shard(_taken[0], work, lambda _: None)
