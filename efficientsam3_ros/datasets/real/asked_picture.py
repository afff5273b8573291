"""A labeled picture with the questions of a suite: a sequence of one frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from efficientsam3_ros.core import Frame, FrameResult, Instance
from efficientsam3_ros.datasets.real.asked import Asked, asked_of
from efficientsam3_ros.datasets.sequence import TruthKind, content_digest
from efficientsam3_ros.datasets.stills.frame_set import StillFile
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame

_IDS_OF_A_CONCEPT = 100_000


@dataclass(frozen=True)
class PictureTruth:
    """What is known of a picture, in the words of the suite.

    Attributes:
        truth: Instances of what is asked; one that answers two words appears under both.
        crowd: Regions of what is asked in which nobody told one instance from another.
        labeled: The picture as its data set has it.
    """

    truth: FrameResult
    crowd: tuple[Instance, ...]
    labeled: LabeledFrame


@dataclass(eq=False)
class AskedPicture:
    """One picture of a suite, see ``Sequence``; holds paths, so it pickles.

    Attributes:
        still: The picture and its annotation.
        suite: The suite's concepts.
        every: Of the absent ones, one in so many is asked, see ``asked_of``.
        any_object: Word that every instance answers; empty if none is asked.
        corrections: Object id to noun, where the data set's own name is wrong.
    """

    still: StillFile
    suite: tuple[Asked, ...]
    every: int = 1
    any_object: str = ''
    corrections: Mapping[int, str] = field(default_factory=dict)
    source: str = 'picture'
    truth_kind: TruthKind = TruthKind.CONCEPTS
    expected_frames: int = 1
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Of the picture."""
        return self.still.name

    @cached_property
    def digest(self) -> str:
        """SHA-256 of picture, annotation and what is made of them."""
        about = repr((self.suite, self.any_object, sorted(self.corrections.items())))
        return content_digest(self.still.files, (*self.still.content(), about.encode()))

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """What is asked by name.

        Only what the annotation is exhaustive for; a concept that the picture shows as a crowd
        alone is neither present nor absent, and not asked.

        Raises:
            SequenceError: If the picture cannot be read.
        """
        labeled = self._read()
        known = (*labeled.nouns, *self.corrections.values())
        present = {item.concept for item in labeled.truth.instances}
        crowds = {item.concept for item in labeled.crowd}
        return tuple(
            concept
            for concept in asked_of(self.name, self.suite, present, self.every)
            if concept.means(known) and (concept.means(present) or not concept.means(crowds))
        )

    @property
    def words(self) -> tuple[str, ...]:
        """All that the suite asks by name, of this picture or of others."""
        return tuple(concept.word for concept in self.suite)

    @cached_property
    def concepts(self) -> tuple[str, ...]:
        """The words that are asked."""
        anything = (self.any_object,) if self.any_object else ()
        return (*(concept.word for concept in self.asked), *anything)

    def frames(self) -> Iterator[Frame]:
        """Yield the picture.

        Raises:
            SequenceError: If it cannot be read.
        """
        yield self._read().frame

    def truth(self) -> Iterator[FrameResult | None]:
        """Yield its truth."""
        yield self.read().truth

    def read(self) -> PictureTruth:
        """Return the truth in the suite's words.

        Raises:
            SequenceError: If the picture cannot be read.
        """
        labeled = self._read()
        instances = self._answers(labeled.truth.instances)
        crowd = self._answers(labeled.crowd)
        return PictureTruth(replace(labeled.truth, instances=instances), crowd, labeled)

    def _read(self) -> LabeledFrame:
        """Read the picture, its names corrected."""
        labeled = self.still.read()
        if not self.corrections:
            return labeled
        instances = tuple(
            replace(item, concept=self.corrections.get(item.track_id, item.concept))
            for item in labeled.truth.instances
        )
        return replace(labeled, truth=replace(labeled.truth, instances=instances))

    def _answers(self, items: tuple[Instance, ...]) -> tuple[Instance, ...]:
        named = [
            replace(item, concept=concept.word)
            for item in items
            for concept in self.asked
            if item.concept in concept.names
        ]
        # Ids are unique in a frame, also of what appears twice.
        anything = [
            replace(item, concept=self.any_object, track_id=item.track_id + _IDS_OF_A_CONCEPT)
            for item in items
            if self.any_object
        ]
        return (*named, *anything)
