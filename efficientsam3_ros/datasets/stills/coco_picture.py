"""One picture in COCO's form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
import json
from pathlib import Path

from efficientsam3_ros.core import Frame, FrameResult, Instance
from efficientsam3_ros.core.id_image import true_instance
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.datasets.annotated import FRAME_ID
from efficientsam3_ros.datasets.coco import from_coco
from efficientsam3_ros.datasets.masks import DAMAGE, Labeled
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.frame_set import read_color
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame


@dataclass(frozen=True)
class CocoPicture:
    """One entry of ``images`` with its annotations, see ``StillFile``.

    Attributes:
        name: The file's stem; where several pictures share it, with the image's id.
        image: The picture.
        size: (height, width) that the annotation tells, None if it tells none.
        nouns: Categories of the file, which COCO annotates exhaustively.
        instances: Ids from 1.
        crowd: Regions with ``iscrowd``, ids after those of the instances.
    """

    name: str
    image: Path
    size: tuple[int, int] | None
    nouns: tuple[str, ...] = field(repr=False)
    instances: tuple[Labeled, ...] = field(repr=False)
    crowd: tuple[Labeled, ...] = field(default=(), repr=False)

    @property
    def files(self) -> tuple[Path, ...]:
        """The picture."""
        return (self.image,)

    @property
    def picture(self) -> Path:
        """The picture."""
        return self.image

    def content(self) -> Iterator[bytes]:
        """Yield name, size, categories and masks."""
        about = [self.name, self.size, self.nouns]
        found = [
            [(i.track_id, i.concept, i.segmentation) for i in items]
            for items in (self.instances, self.crowd)
        ]
        yield json.dumps([about, found], sort_keys=True).encode()

    def read(self) -> LabeledFrame:
        """Read picture and masks.

        Raises:
            SequenceError: If the picture is missing or damaged, or a mask belongs to no picture of
                its size.
        """
        frame = Frame(read_color(self.image), SECOND_NS, FRAME_ID)
        size = frame.height, frame.width
        if self.size not in (None, size):
            assert self.size is not None
            raise SequenceError(
                f'{self.image} is {size[1]}x{size[0]}, its annotation says '
                f'{self.size[1]}x{self.size[0]}; take both in the same resolution.'
            )
        truth = self._decoded(self.instances, size)
        return LabeledFrame(
            name=self.name,
            frame=frame,
            truth=FrameResult(frame.stamp_ns, frame.frame_id, *size, 1, truth),
            nouns=self.nouns,
            crowd=self._decoded(self.crowd, size),
        )

    def _decoded(self, items: Sequence[Labeled], size: tuple[int, int]) -> tuple[Instance, ...]:
        """Return the masks that have pixels."""
        found = []
        for item in items:
            try:
                mask = from_coco(item.segmentation, size)
            except DAMAGE as error:
                raise SequenceError(
                    f'{self.image.name}, {item.concept} (number {item.track_id}): {error}'
                ) from None
            if mask.area:
                found.append(true_instance(item.track_id, item.concept, mask))
        return tuple(found)
