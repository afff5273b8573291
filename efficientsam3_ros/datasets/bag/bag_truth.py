"""The truth of a bag, whatever it comes from, and the topic of instances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from efficientsam3_ros.bags import BagReader
from efficientsam3_ros.bags.stamp_index import StampIndex
from efficientsam3_ros.core import Instance
from efficientsam3_ros.core.id_image import true_instance
from efficientsam3_ros.core.messages.instance_codec import read_instances
from efficientsam3_ros.datasets.saco import phrase
from efficientsam3_ros.datasets.sequence import TruthKind

Size = tuple[int, int]


Entry = tuple[int, Any]
"""The truth of one moment: its place among the source's ``stamps``, and the message or annotation
as the source has it, decoded when it is asked for."""


class BagTruth(Protocol):
    """A source of truth of one bag."""

    @property
    def kind(self) -> TruthKind:
        """How much it says."""

    def concepts(self, bag: BagReader) -> tuple[str, ...]:
        """Return what is asked for."""

    def stamps(self, bag: BagReader, frames: np.ndarray) -> np.ndarray:
        """Return int64 (M,): ascending stamps of the truth; ``frames`` are the images' (N,)."""

    def entries(self, bag: BagReader) -> Iterator[Entry]:
        """Yield the truth in the order of ``stamps``; damaged entries are left out."""

    def instances(self, read: Any, size: Size) -> tuple[Instance, ...]:
        """Decode the truth of one moment for an image of this (height, width).

        Raises:
            ValueError: If it is damaged or of another size.
        """

    def notes(self) -> Iterable[str]:
        """Return sentences on what is left out."""


@dataclass(eq=False)
class TruthTopic:
    """What the two kinds of topics share.

    Attributes:
        topic: Its name.
    """

    topic: str
    _index: StampIndex | None = field(default=None, repr=False)

    def stamps(self, bag: BagReader, frames: np.ndarray) -> np.ndarray:
        """Return the topic's stamps."""
        return self._indexed(bag).stamps_ns

    def entries(self, bag: BagReader) -> Iterator[Entry]:
        """Yield the topic's messages by stamp."""
        index = self._indexed(bag)
        for stamp_ns, message in bag.ordered(self.topic, index):
            yield int(np.searchsorted(index.stamps_ns, stamp_ns)), message

    def _indexed(self, bag: BagReader) -> StampIndex:
        if self._index is None:
            self._index = bag.index(self.topic)
        return self._index


@dataclass(eq=False)
class InstanceTopic(TruthTopic):
    """An ``InstanceArray`` topic, as ``efficientsam3 simulate`` writes it."""

    _told: bool = True
    _concepts: tuple[str, ...] | None = field(default=None, repr=False)
    kind = TruthKind.CONCEPTS

    def concepts(self, bag: BagReader) -> tuple[str, ...]:
        """Return what the bag says was asked, else what the truth ever shows."""
        if self._concepts is None:
            told = bag.concepts(self.topic)
            self._told = told is not None
            seen = told if told is not None else self._seen(bag)
            self._concepts = tuple(dict.fromkeys(phrase(concept) for concept in seen))
        return self._concepts

    def instances(self, read: Any, size: Size) -> tuple[Instance, ...]:
        """Decode a message."""
        found = read_instances(read)
        check_size((found.height, found.width), size)
        return tuple(
            true_instance(item.track_id, phrase(item.concept), item.mask)
            for item in found.instances
        )

    def notes(self) -> Iterable[str]:
        """Tell when absent concepts are unknown."""
        if not self._told:
            yield (
                f'The bag does not say which concepts {self.topic} was asked for; absent ones '
                'are unknown unless they are named.'
            )

    def _seen(self, bag: BagReader) -> Iterator[str]:
        for message in bag.messages(self.topic):
            for item in message.instances:
                yield item.concept


def check_size(have: Size, size: Size) -> None:
    """Refuse truth of another (height, width) than the image's."""
    if have != tuple(size):
        raise ValueError(f'it is {have[1]}x{have[0]}, the image {size[1]}x{size[0]}.')
