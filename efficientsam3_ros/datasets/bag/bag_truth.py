"""The truth of a bag, whatever it comes from, and topics of instances and of object ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from efficientsam3_ros.bags import BagReader
from efficientsam3_ros.bags.stamp_index import StampIndex
from efficientsam3_ros.core import Instance
from efficientsam3_ros.core.id_image import object_masks, true_instance, truth_result
from efficientsam3_ros.core.messages.image_codec import decode_labels
from efficientsam3_ros.core.messages.instance_codec import read_instances
from efficientsam3_ros.datasets.masks import object_name, read_json
from efficientsam3_ros.datasets.saco import phrase
from efficientsam3_ros.datasets.sequence import SequenceError, TruthKind

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
            for item in getattr(message, 'instances', ()):
                yield item.concept


def check_size(have: Size, size: Size) -> None:
    """Refuse truth of another (height, width) than the image's."""
    if have != tuple(size):
        raise ValueError(f'it is {have[1]}x{have[0]}, the image {size[1]}x{size[0]}.')


@dataclass(eq=False)
class LabelTopic(TruthTopic):
    """An image topic of object ids.

    Attributes:
        phrases: Object id to what it is; empty if nobody says it.
    """

    phrases: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    _unnamed: set[int] = field(default_factory=set, repr=False)

    @property
    def kind(self) -> TruthKind:
        """CONCEPTS where objects have names."""
        return TruthKind.CONCEPTS if self.phrases else TruthKind.OBJECTS

    def concepts(self, bag: BagReader) -> tuple[str, ...]:
        """Return all names, in the order of the ids."""
        names = (name for _, names in sorted(self.phrases.items()) for name in names)
        return tuple(dict.fromkeys(names))

    def instances(self, read: Any, size: Size) -> tuple[Instance, ...]:
        """Decode a message."""
        ids = decode_labels(read)
        check_size((ids.shape[0], ids.shape[1]), size)
        masks = object_masks(ids)
        if not self.phrases:
            return tuple(true_instance(n, object_name(n), mask) for n, mask in masks.items())
        self._unnamed |= masks.keys() - self.phrases.keys()
        named = {n: mask for n, mask in masks.items() if n in self.phrases}
        concepts = tuple(dict.fromkeys(c for names in self.phrases.values() for c in names))
        return truth_result(named, self.phrases, concepts, size, 0, '', min_area=0).instances

    def notes(self) -> Iterable[str]:
        """Tell of ids without a name."""
        if self._unnamed:
            ids = ', '.join(str(n) for n in sorted(self._unnamed))
            yield f'{self.topic} shows ids without a concept, which are left out: {ids}.'


def read_labels(path: Path) -> dict[int, tuple[str, ...]]:
    """Read what object ids are: ``{"1": "red mug", "2": ["bowl", "blue bowl"]}``.

    Raises:
        SequenceError: If it is no such table.
    """
    about = read_json(path)
    try:
        return {
            int(number): tuple(phrase(n) for n in ([names] if isinstance(names, str) else names))
            for number, names in about.items()
        }
    except (AttributeError, TypeError, ValueError) as error:
        raise SequenceError(f'{path} is no table {{"1": "red mug", "2": ["bowl"]}}.') from error
