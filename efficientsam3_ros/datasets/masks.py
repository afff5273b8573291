"""Truth of a picture sequence, frame by frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
import json
from typing import Any, Protocol

from efficientsam3_ros.core import Instance
from efficientsam3_ros.core.id_image import true_instance
from efficientsam3_ros.datasets.coco import from_coco
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.tar_member import Stored

DAMAGE = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)
"""What annotations raise that lack a field, or hold it in another form."""


class Masks(Protocol):
    """Who is where in each picture."""

    def at(self, number: int, size: tuple[int, int]) -> tuple[Instance, ...] | None:
        """Return what is in view, by track id; None for a picture that is not annotated.

        Args:
            number: Of the picture.
            size: Its (height, width), pixels.

        Raises:
            ValueError: If the annotation is damaged or made for another size.
        """

    def content(self) -> Iterator[bytes]:
        """Yield the bytes that tell this truth from another."""

    def notes(self) -> Iterable[str]:
        """Return sentences on what is left out."""


def object_name(number: int) -> str:
    """Return the concept that stands for an object without a name."""
    return f'object {number}'


def visible(items: Iterable[Instance]) -> tuple[Instance, ...]:
    """Return those in view, by track id."""
    return tuple(sorted((i for i in items if i.area), key=lambda item: item.track_id))


@dataclass(frozen=True)
class Labeled:
    """One object in one frame of a JSON annotation.

    Attributes:
        track_id: Its identity over the sequence, from 1.
        concept: What it is.
        segmentation: COCO run lengths or polygons.
    """

    track_id: int
    concept: str
    segmentation: Any = field(repr=False)


@dataclass(frozen=True)
class RleMasks:
    """Masks of a JSON annotation, by number of the picture.

    Attributes:
        frames: Number to objects; a number that is not there is not annotated.
        remarks: Sentences on what is left out.
    """

    frames: Mapping[int, Sequence[Labeled]] = field(repr=False)
    remarks: tuple[str, ...] = ()

    def at(self, number: int, size: tuple[int, int]) -> tuple[Instance, ...] | None:
        """Decode the masks of one picture."""
        items = self.frames.get(number)
        if items is None:
            return None
        return visible(
            true_instance(item.track_id, item.concept, from_coco(item.segmentation, size))
            for item in items
        )

    def content(self) -> Iterator[bytes]:
        """Yield ids, concepts and run lengths."""
        for number, items in sorted(self.frames.items()):
            found = [(i.track_id, i.concept, i.segmentation) for i in items]
            yield json.dumps([number, found], sort_keys=True).encode()

    def notes(self) -> Iterable[str]:
        """Return what was left out."""
        return self.remarks


def read_json(path: Stored) -> Any:
    """Read a JSON file, or one inside a tar.

    Raises:
        SequenceError: If it cannot be read; the message names the file.
    """
    try:
        # Some editors put a byte order mark before the text.
        return json.loads(path.read_bytes().decode('utf-8-sig'))
    except (OSError, ValueError, RecursionError) as error:
        raise SequenceError(f'{path} cannot be read as JSON: {error}. Copy it again.') from error


def whole_number(value: Any, what: str, least: int, most: int = 2**63 - 1) -> int:
    """Return a number of a JSON file as int.

    Args:
        value: As it stands in the file; ``3``, ``3.0`` and ``"3"`` are the same.
        what: Its name in the error.
        least: Smallest value.
        most: Greatest value.

    Raises:
        ValueError: If it is no whole number, or out of range.
    """
    try:
        number = int(value)
        good = not isinstance(value, bool) and (isinstance(value, str) or number == value)
    except (TypeError, ValueError, OverflowError):
        good = False
    if not good:
        raise ValueError(f'{what} is {value!r}; it must be a whole number.')
    if not least <= number <= most:
        raise ValueError(f'{what} is {value!r}; it must lie from {least} to {most}.')
    return number
