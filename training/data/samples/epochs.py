"""Batches of samples that are seen once an epoch, in an order of its own each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Generic, TypeVar

import numpy as np
from torch.utils.data import Dataset

from training.data.samples.skipping import SkippingSamples

Drawn = TypeVar('Drawn')
Batch_co = TypeVar('Batch_co', covariant=True)


@dataclass(frozen=True)
class EpochBatches(Dataset[Batch_co], Generic[Drawn, Batch_co]):
    """Batch number i is a function of (seed, i) alone, so a resumed run continues exactly.

    Batches follow each other through the epochs: one may hold the last samples of an epoch and the
    first of the next, and none is left out. Shared out in parts, the batches of a step are
    disjoint pieces of the same order.

    Attributes:
        samples: Drawn anew in each epoch.
        size: Samples of a batch.
        join: Makes a batch of samples.
        length: Number of batches.
        number: Which part it is.
        count: How many parts there are.
    """

    samples: SkippingSamples[Any, Drawn]
    size: int
    join: Callable[[Sequence[Drawn]], Batch_co]
    length: int
    number: int = 0
    count: int = 1

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> Batch_co:
        first = (index * self.count + self.number) * self.size
        places = range(first, first + self.size)
        return self.join([self._sample(*divmod(place, len(self.samples))) for place in places])

    def part(self, number: int, count: int) -> EpochBatches[Drawn, Batch_co]:
        """Return the batches of one of some parts."""
        return replace(self, number=number, count=count)

    def _sample(self, epoch: int, place: int) -> Drawn:
        order = _order(self.samples.seed, epoch, len(self.samples))
        return self.samples.drawn(epoch, int(order[place]))


@lru_cache(maxsize=2)
def _order(seed: int, epoch: int, count: int) -> np.ndarray:
    # The last number tells this order from the draws of samples.
    return np.random.default_rng((seed, epoch, count, 2)).permutation(count)
