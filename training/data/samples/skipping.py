"""Samples of a set as a torch data set: damaged ones are skipped, and every draw repeats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import sys
from typing import Generic, Protocol, TypeVar, runtime_checkable

import cv2
import numpy as np
import torch
from torch.utils.data import Dataset

from efficientsam3_ros.core.errors.one_line import one_line, shown
from training.data.samples.tolerance import DAMAGED, Tolerance

Sample_co = TypeVar('Sample_co', covariant=True)
Sample = TypeVar('Sample')
Drawn_co = TypeVar('Drawn_co', covariant=True)
_UNREAD, _SOUND, _DAMAGED, _UNFIT = 0, 1, 2, 3


class UnfitError(ValueError):
    """A sound sample of which nothing can be used, such as a video that is too short.

    Another one is drawn in its place, and it does not count as damaged.
    """


class Item(Protocol[Sample_co]):
    """What is not read yet: a ``StillFile``, for example."""

    @property
    def name(self) -> str:
        """Unique in its set."""

    def read(self) -> Sample_co:
        """Read it.

        Raises:
            SequenceError: If it is damaged.
        """


@runtime_checkable
class LongItem(Protocol[Sample_co]):
    """What is too large to be read whole: each draw reads another part."""

    @property
    def name(self) -> str:
        """Unique in its set."""

    def read_part(self, rng: np.random.Generator) -> Sample_co:
        """Read a part.

        Args:
            rng: Draws which.

        Raises:
            SequenceError: If it is damaged.
            UnfitError: If it has no such part.
        """


def say(text: str) -> None:
    """Print a sentence to the error stream, where it does not mix with results."""
    print(text, file=sys.stderr, flush=True)


class SkippingSamples(Dataset[Drawn_co], Generic[Sample, Drawn_co]):
    """Sample i of an epoch is a function of (seed, epoch, i) alone.

    So neither the number of workers nor their order changes it, and a resumed run goes on
    exactly. In place of a damaged sample comes another one, drawn by the same numbers: batches
    keep their size, and all processes of a distributed run the same number of steps.

    What is known of the samples lies in memory that the workers share, so that the bound counts
    those of all of them, each once however often it is drawn.

    Args:
        items: The set.
        draw: Makes of a sample what is trained on; its errors are not taken for damage.
        seed: First part of the seed of each draw.
        tolerance: Bound of damaged samples.
        tell: Told of each damaged sample, in the process that reads it.

    Raises:
        ValueError: If the set is empty.
    """

    def __init__(
        self,
        items: Sequence[Item[Sample] | LongItem[Sample]],
        draw: Callable[[Sample, np.random.Generator], Drawn_co],
        seed: int = 0,
        tolerance: Tolerance | None = None,
        tell: Callable[[str], object] = say,
    ) -> None:
        if not items:
            raise ValueError('There is no sample to train on; name a set that holds some.')
        self.items, self.draw, self.seed, self.tell = items, draw, seed, tell
        self.tolerance = tolerance or Tolerance()
        self._epoch = torch.zeros((), dtype=torch.int64).share_memory_()
        self._last = 'read by another process.'
        self._known = torch.zeros(len(items), dtype=torch.uint8).share_memory_()

    def set_epoch(self, epoch: int) -> None:
        """Choose the draws of an epoch, also those of workers that wait for it."""
        self._epoch.fill_(epoch)

    @property
    def damaged(self) -> tuple[int, ...]:
        """Return the places of the damaged samples that were met so far."""
        return tuple((self._known == _DAMAGED).nonzero().ravel().tolist())

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> Drawn_co:
        """Return a sample of the epoch that was chosen; see :meth:`drawn`."""
        return self.drawn(int(self._epoch), index)

    def drawn(self, epoch: int, index: int) -> Drawn_co:
        """Return a sample of an epoch, whichever was chosen.

        Raises:
            DamageError: If more samples are damaged than the bound.
            UnfitError: If of none anything can be used.
            IndexError: If there is none of that number.
        """
        if not 0 <= index < len(self):
            raise IndexError(f'There is no sample {index} of {len(self)}.')
        # Workers are as many as cores already.
        cv2.setNumThreads(0)
        numbers = self.seed, epoch, index
        others = np.random.default_rng((*numbers, 1))
        place = index
        while (sample := self._read(place, numbers)) is None:
            self.tolerance.check(len(self.damaged), len(self), self._last)
            if bool((self._known >= _DAMAGED).all()):
                raise UnfitError(f'Of {len(self)} samples none can be used: {self._last}')
            # Not the next one: where damage lies side by side, its neighbour would be seen often.
            place = int(others.integers(len(self)))
        return self.draw(sample, np.random.default_rng((*numbers, 0)))

    def _read(self, place: int, numbers: tuple[int, int, int]) -> Sample | None:
        """Read a sample; None if it is damaged or of no use."""
        if self._known[place] >= _DAMAGED:
            return None
        item = self.items[place]
        try:
            if isinstance(item, LongItem):
                sample = item.read_part(np.random.default_rng((*numbers, 2)))
            else:
                sample = item.read()
        except UnfitError as error:
            self._known[place] = _UNFIT
            self._last = one_line(error)
            return None
        except DAMAGED as error:
            self._known[place] = _DAMAGED
            self._last = one_line(error)
            self.tell(f'{shown(item.name)} is skipped: {self._last}')
            return None
        self._known[place] = _SOUND
        return sample
