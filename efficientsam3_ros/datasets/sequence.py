"""What an evaluation sees of a recorded, annotated or simulated sequence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
import hashlib
from pathlib import Path
from typing import NoReturn, Protocol, runtime_checkable

from efficientsam3_ros.core import Frame, FrameResult, Rle
from efficientsam3_ros.core.manifest import file_sha256

_NOTHING = hashlib.sha256().hexdigest()


class SequenceError(ValueError):
    """A sequence that cannot be evaluated; the message names the file and the remedy."""


class TruthKind(Enum):
    """How much the ground truth says."""

    NONE = 'none'
    """There is none: only figures without labels can be given."""
    CONCEPTS = 'concepts'
    """Masks with the concept they answer; a concept without masks is known to be absent."""
    OBJECTS = 'objects'
    """Masks with identities but without words; each object is a concept ``object <id>``."""


class Sequence(Protocol):
    """Frames in the order of their stamps, each with its truth.

    Implementations hold paths and small tables, never pictures, so they can be sent to another
    process, and both iterators may be taken several times.

    Attributes:
        name: Unique among the sequences opened together; fit for a file name.
        source: 'bag', 'davis', 'mose', 'youtube_vos', 'lvos', 'sav', 'veval', 'simulation',
            'still', 'pan', 'pictures' or 'video'.
        digest: SHA-256 (hex) of the content: renamed files keep it. Computed when first asked.
        concepts: What the truth asks for, in a fixed order; () unless ``truth_kind`` is CONCEPTS.
        truth_kind: How much the truth says.
        expected_frames: Number of frames for a progress bar; fewer come where some are damaged.
        notes: Sentences on damage, repairs and what was skipped; complete once ``frames`` and
            ``truth`` were exhausted.
    """

    @property
    def name(self) -> str:
        """Unique among the sequences opened together."""

    @property
    def source(self) -> str:
        """The kind of recording or data set."""

    @property
    def digest(self) -> str:
        """SHA-256 of the content."""

    @property
    def concepts(self) -> tuple[str, ...]:
        """What the truth asks for."""

    @property
    def truth_kind(self) -> TruthKind:
        """How much the truth says."""

    @property
    def expected_frames(self) -> int:
        """Number of frames for a progress bar."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on damage, repairs and what was skipped."""

    def frames(self) -> Iterator[Frame]:
        """Yield the colour frames, each decoded when it is asked for, stamps ascending.

        Raises:
            SequenceError: If not one frame can be read.
        """

    def truth(self) -> Iterator[FrameResult | None]:
        """Yield the truth of each frame of ``frames``, one to one; None where unannotated.

        A result without instances says that nothing of what was asked is in view. Invisible
        objects are left out. Scores are 1.
        """


@runtime_checkable
class PartlyLabeled(Protocol):
    """A ``Sequence`` whose truth is silent about parts of its pictures.

    An answer of which more than half lies there is neither right nor wrong, and not scored.
    """

    def unlabeled(self) -> Iterator[Rle]:
        """Yield the pixels of each frame of ``frames`` of which the truth says nothing."""


@dataclass(frozen=True)
class BrokenSequence:
    """What cannot be read says why, as soon as more than its name is asked for.

    Attributes:
        name: Of what was found.
        source: As in ``Sequence``.
        reason: Cause and remedy.
    """

    name: str
    source: str
    reason: str
    expected_frames: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """The reason."""
        return (self.reason,)

    @property
    def digest(self) -> NoReturn:
        """Raise the reason."""
        self.frames()

    concepts = truth_kind = digest

    def frames(self) -> NoReturn:
        """Raise the reason."""
        raise SequenceError(self.reason)

    truth = frames


def content_digest(files: Iterable[Path], parts: Iterable[bytes] = ()) -> str:
    """Return the SHA-256 (hex) of files and bytes in their order; missing files count as empty.

    Args:
        files: Read in blocks.
        parts: Further content.
    """
    total = hashlib.sha256()
    for path in files:
        whole = file_sha256(path) if path.is_file() else _NOTHING
        total.update(bytes.fromhex(whole))
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()
