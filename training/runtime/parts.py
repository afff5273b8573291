"""The batches of one step, shared out among processes and accumulated gradients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, Generic, Protocol, TypeVar, cast, runtime_checkable

from torch.utils.data import Dataset

BatchT = TypeVar('BatchT')
BatchT_co = TypeVar('BatchT_co', covariant=True)

_SEED_STEP = 10_000_019
"""Between the seeds of two parts; the seeds of validations lie nearer."""


@runtime_checkable
class Divisible(Protocol[BatchT_co]):
    """Batches that know how to be shared out, such as those of a data set read in epochs."""

    def part(self, number: int, count: int) -> Dataset[BatchT_co]:
        """Return the batches of one of ``count`` parts; item i is its batch of step i."""


def part_of(data: Dataset[BatchT], number: int, count: int) -> Dataset[BatchT]:
    """Return one part of a data set whose item i is the batch of step i.

    The first part of batches that are drawn from a seed are those of a run without parts; each
    other one has a seed of its own.

    Args:
        data: ``Divisible``, or a dataclass with a ``seed``.
        number: Which part, from 0.
        count: How many there are.

    Raises:
        ValueError: If it is neither.
    """
    if count == 1:
        return data
    if isinstance(data, Divisible):
        return data.part(number, count)
    if is_dataclass(data) and 'seed' in {field.name for field in fields(data)}:
        seeded: Any = data
        seed = seeded.seed + number * _SEED_STEP
        return cast('Dataset[BatchT]', replace(seeded, seed=seed) if number else data)
    raise ValueError(
        f'{type(data).__name__} cannot be shared out among {count} batches a step; give it a '
        'method part(number, count).'
    )


class StepBatches(Dataset[list[BatchT]], Generic[BatchT]):
    """Item i: the batches of step i that one process is to compute.

    Args:
        data: Item i is the batch of step i.
        length: Number of steps.
        rank: Of the process.
        processes: How many there are.
        accumulate: Batches a step of each.
    """

    def __init__(
        self, data: Dataset[BatchT], length: int, rank: int, processes: int, accumulate: int
    ) -> None:
        count = processes * accumulate
        self.numbers = range(rank * accumulate, (rank + 1) * accumulate)
        self.parts: Sequence[Any] = [part_of(data, number, count) for number in self.numbers]
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, step: int) -> list[BatchT]:
        return [part[step] for part in self.parts]
