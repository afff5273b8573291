"""The truth of a bag from a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.bags import BagReader
from efficientsam3_ros.core import Instance
from efficientsam3_ros.datasets.bag.annotations import Annotations
from efficientsam3_ros.datasets.bag.bag_truth import Entry, Size
from efficientsam3_ros.datasets.sequence import SequenceError, TruthKind


@dataclass(frozen=True)
class AnnotationFile:
    """A JSON file.

    Attributes:
        annotations: What it says.
    """

    annotations: Annotations
    kind = TruthKind.CONCEPTS

    def concepts(self, bag: BagReader) -> tuple[str, ...]:
        """Return what the file asks for."""
        return self.annotations.concepts

    def stamps(self, bag: BagReader, frames: np.ndarray) -> np.ndarray:
        """Return the stamps that the file names, or those of the places that it names."""
        numbers = np.array(self._numbers(), np.int64)
        if self.annotations.by_stamp:
            return numbers
        beyond = numbers[numbers >= len(frames)]
        if beyond.size == numbers.size or not len(frames):
            raise SequenceError('The annotations name no frame that the bag has.')
        # Places beyond the bag's end stay unpaired, whatever the tolerance.
        far = np.iinfo(np.int64).max - beyond.size + np.arange(beyond.size)
        return np.concatenate([frames[numbers[numbers < len(frames)]], far])

    def entries(self, bag: BagReader) -> Iterator[Entry]:
        """Yield the annotated moments."""
        for index, number in enumerate(self._numbers()):
            yield Entry(index, number)

    def instances(self, entry: Entry, size: Size) -> tuple[Instance, ...]:
        """Decode the masks of one moment."""
        return self.annotations.masks.at(entry.read, size) or ()

    def notes(self) -> Iterable[str]:
        """Return what was left out."""
        return self.annotations.masks.notes()

    def _numbers(self) -> list[int]:
        return sorted(self.annotations.masks.frames)
