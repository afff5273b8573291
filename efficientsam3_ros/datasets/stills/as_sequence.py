"""A labelled picture as a sequence of one frame, so that whatever evaluates sequences takes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from efficientsam3_ros.core import Frame, FrameResult, Rle
from efficientsam3_ros.datasets.sequence import SequenceError, TruthKind, content_digest
from efficientsam3_ros.datasets.stills.frame_set import FrameSet, StillFile
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame


@dataclass(eq=False)
class StillSequence:
    """One labelled picture, see ``Sequence``; holds paths and its annotation, so it pickles.

    Crowds have no place in a sequence's truth: answers there count as false. The suites of real
    pictures pass over them.

    Attributes:
        still: The picture.
        concepts: What is asked; instances of others are left out.
    """

    still: StillFile
    concepts: tuple[str, ...]
    source: str = 'still'
    truth_kind: TruthKind = TruthKind.CONCEPTS
    expected_frames: int = 1
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Of the picture."""
        return self.still.name

    @cached_property
    def digest(self) -> str:
        """SHA-256 of picture and annotation."""
        return content_digest(self.still.files, self.still.content())

    def frames(self) -> Iterator[Frame]:
        """Yield the picture.

        Raises:
            SequenceError: If it cannot be read.
        """
        yield self.read().frame

    def truth(self) -> Iterator[FrameResult | None]:
        """Yield its truth."""
        truth = self.read().truth
        asked = tuple(item for item in truth.instances if item.concept in self.concepts)
        yield replace(truth, instances=asked)

    def unlabeled(self) -> Iterator[Rle]:
        """Yield the pixels of which the truth says nothing, see ``PartlyLabeled``."""
        labeled = self.read()
        size = labeled.frame.height, labeled.frame.width
        silent = labeled.unlabeled
        yield Rle.empty(*size) if silent is None else Rle.encode(silent)

    def read(self) -> LabeledFrame:
        """Return all that is known of the picture.

        Raises:
            SequenceError: If it cannot be read.
        """
        return self.still.read()


def as_sequence(still: StillFile, concepts: tuple[str, ...] | None = None) -> StillSequence:
    """Return a still as a sequence.

    Args:
        still: From a ``FrameSet``.
        concepts: What is asked; None asks for all that is annotated exhaustively.

    Raises:
        SequenceError: If nothing is asked, or a concept whose absence nobody could tell.
    """
    asked = still.nouns if concepts is None else concepts
    unknown = [concept for concept in asked if concept not in still.nouns]
    if unknown or not asked:
        raise SequenceError(
            f'{still.name} is not annotated for {", ".join(unknown) or "anything"}; ask for '
            f'{", ".join(still.nouns)}.'
        )
    return StillSequence(still, asked)


def as_sequences(frames: FrameSet) -> list[StillSequence]:
    """Return the pictures of a set that can be asked for something, each as one frame.

    Raises:
        SequenceError: If there is none.
    """
    found = [as_sequence(still) for still in frames.stills if still.nouns]
    if not found:
        raise SequenceError(
            f'{frames.name} has masks without names, or none that are exhaustive, so no concept '
            'can be asked; train on it, and evaluate on another set.'
        )
    return found
