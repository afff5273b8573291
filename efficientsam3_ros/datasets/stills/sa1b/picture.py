"""One picture of SA-1B."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Any

from efficientsam3_ros.core import Frame, FrameResult, Instance
from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.core.id_image import true_instance
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.datasets.annotated import FRAME_ID
from efficientsam3_ros.datasets.coco import from_coco
from efficientsam3_ros.datasets.masks import DAMAGE, read_json, whole_number
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.frame_set import read_color
from efficientsam3_ros.datasets.stills.labeled_frame import UNNAMED, LabeledFrame
from efficientsam3_ros.datasets.stills.sa1b.entry import Entry
from efficientsam3_ros.datasets.stills.sa1b.mask_filter import MaskFilter
from efficientsam3_ros.datasets.tar_member import Stored


@dataclass(frozen=True)
class Sa1bPicture:
    """``sa_1.jpg`` with ``sa_1.json``, see ``StillFile``.

    Its masks overlap, parts lie in wholes, and nothing is named or exhaustive. Track ids are
    places in the file, from 1.

    Attributes:
        name: Such as 'sa_1'.
        picture: The picture.
        annotations: The JSON file, read with the picture: a set has millions.
        masks: Which masks are taken.
    """

    name: str
    picture: Stored
    annotations: Stored
    masks: MaskFilter = field(default_factory=MaskFilter)
    nouns: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """Picture and JSON file, where they do not lie in a tar."""
        stored = (self.picture, self.annotations)
        return tuple(item for item in stored if isinstance(item, Path))

    def content(self) -> Iterator[bytes]:
        """Yield name and filter, and what lies in a tar."""
        yield json.dumps([self.name, vars(self.masks)], sort_keys=True).encode()
        for item in (self.picture, self.annotations):
            if not isinstance(item, Path):
                yield item.read_bytes()

    def read(self) -> LabeledFrame:
        """Read picture and masks.

        Raises:
            SequenceError: If one is missing or damaged, or they do not belong together.
        """
        size, entries = self._entries()
        frame = Frame(read_color(self.picture), SECOND_NS, FRAME_ID)
        if size != (frame.height, frame.width):
            raise SequenceError(
                f'{self.picture} is {frame.width}x{frame.height}, {self.annotations.name} says '
                f'{size[1]}x{size[0]}; take both from the same release.'
            )
        chosen = self.masks.chosen(entries, frame.height * frame.width)
        found = [(entry, self._decoded(entry, size)) for entry in chosen]
        found = [(entry, item) for entry, item in found if item.area]
        instances = tuple(item for _, item in found)
        return LabeledFrame(
            name=self.name,
            frame=frame,
            truth=FrameResult(frame.stamp_ns, frame.frame_id, *size, 1, instances),
            nouns=(),
            origins={entry.number: entry.origin for entry, _ in found},
        )

    def _entries(self) -> tuple[tuple[int, int], list[Entry]]:
        """Return the (height, width) that the JSON file tells, and its masks."""
        about = read_json(self.annotations)
        try:
            height, width = _size(about)
            entries = [Entry.of(item, n) for n, item in enumerate(about['annotations'], 1)]
        except DAMAGE as error:
            what = f'{error} is missing' if isinstance(error, KeyError) else one_line(error)
            raise SequenceError(
                f'{self.annotations} is no file of SA-1B, or damaged: {what.rstrip(".")}; copy it '
                'again.'
            ) from None
        return (height, width), entries

    def _decoded(self, entry: Entry, size: tuple[int, int]) -> Instance:
        try:
            mask = from_coco(entry.segmentation, size)
        except DAMAGE as error:
            raise SequenceError(
                f'{self.annotations}, mask {entry.number}: {one_line(error)}'
            ) from None
        return true_instance(entry.number, UNNAMED, mask)


def _size(about: Any) -> tuple[int, int]:
    image = about['image']
    return whole_number(image['height'], 'height', 1), whole_number(image['width'], 'width', 1)
