"""One picture of SA-Co Gold or Silver with all phrases that are asked of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
import json
from pathlib import Path

from efficientsam3_ros.core import Frame, FrameResult, Instance
from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.core.id_image import true_instance
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.datasets.annotated import FRAME_ID
from efficientsam3_ros.datasets.coco import from_coco
from efficientsam3_ros.datasets.masks import DAMAGE, Labeled
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.frame_set import read_color
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame, Opinion


@dataclass(frozen=True)
class Answers:
    """What one annotator says of a picture.

    Attributes:
        annotator: Letter of the file; empty if there is only one.
        instances: Ids from 1.
        crowd: Ids after those of the instances.
    """

    annotator: str
    instances: tuple[Labeled, ...] = field(repr=False)
    crowd: tuple[Labeled, ...] = field(repr=False)


@dataclass(frozen=True)
class SacoPicture:
    """A picture with its phrases, see ``StillFile``.

    Attributes:
        name: The file's stem; where several pictures share it, with the number of a pair.
        picture: The picture.
        size: (height, width) that the annotation tells.
        nouns: Phrases for which all annotators were exhaustive.
        pairs: Phrase to the number of its pair, by which predictions name it.
        answers: One an annotator, at least one.
    """

    name: str
    picture: Path
    size: tuple[int, int]
    nouns: tuple[str, ...] = field(repr=False)
    pairs: Mapping[str, int] = field(repr=False)
    answers: tuple[Answers, ...] = field(repr=False)

    @property
    def files(self) -> tuple[Path, ...]:
        """The picture."""
        return (self.picture,)

    def content(self) -> Iterator[bytes]:
        """Yield name, size, phrases and masks."""
        about = [self.name, self.size, self.nouns, sorted(self.pairs.items())]
        found = [
            [answer.annotator]
            + [
                [(i.track_id, i.concept, i.segmentation) for i in items]
                for items in (answer.instances, answer.crowd)
            ]
            for answer in self.answers
        ]
        yield json.dumps([about, found], sort_keys=True).encode()

    def read(self) -> LabeledFrame:
        """Read picture and masks.

        Raises:
            SequenceError: If the picture is missing or damaged, or a mask belongs to no picture of
                its size.
        """
        frame = Frame(read_color(self.picture), SECOND_NS, FRAME_ID)
        if self.size != (frame.height, frame.width):
            raise SequenceError(
                f'{self.picture} is {frame.width}x{frame.height}, its annotation says '
                f'{self.size[1]}x{self.size[0]}; take both in the same resolution.'
            )
        first, *others = (self._opinion(answer, frame) for answer in self.answers)
        return LabeledFrame(
            name=self.name,
            frame=frame,
            truth=first.truth,
            nouns=self.nouns,
            crowd=first.crowd,
            opinions=tuple(others),
        )

    def _opinion(self, answers: Answers, frame: Frame) -> Opinion:
        instances = self._decoded(answers.instances)
        truth = FrameResult(frame.stamp_ns, frame.frame_id, *self.size, 1, instances)
        return Opinion(answers.annotator, truth, self._decoded(answers.crowd))

    def _decoded(self, items: Sequence[Labeled]) -> tuple[Instance, ...]:
        found = []
        for item in items:
            try:
                mask = from_coco(item.segmentation, self.size)
            except DAMAGE as error:
                raise SequenceError(
                    f'{self.picture.name}, "{item.concept}" (number {item.track_id}): '
                    f'{one_line(error)}'
                ) from None
            if mask.area:
                found.append(true_instance(item.track_id, item.concept, mask))
        return tuple(found)
