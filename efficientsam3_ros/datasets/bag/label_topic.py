"""The truth of a bag as images of object ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from efficientsam3_ros.bags import BagReader
from efficientsam3_ros.core import Instance
from efficientsam3_ros.core.id_image import object_masks, true_instance, truth_result
from efficientsam3_ros.core.messages.image_codec import decode_labels
from efficientsam3_ros.datasets.bag.bag_truth import Size, TruthTopic, check_size
from efficientsam3_ros.datasets.masks import object_name, read_json
from efficientsam3_ros.datasets.saco import phrase
from efficientsam3_ros.datasets.sequence import SequenceError, TruthKind


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
