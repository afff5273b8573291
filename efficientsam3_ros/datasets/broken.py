"""A place in the list for what cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from efficientsam3_ros.core import Frame, FrameResult
from efficientsam3_ros.datasets.sequence import SequenceError, TruthKind


@dataclass(frozen=True)
class BrokenSequence:
    """Says why it cannot be evaluated, as soon as more than its name is asked for.

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
    def digest(self) -> str:
        """Raise the reason."""
        self._refuse()

    @property
    def concepts(self) -> tuple[str, ...]:
        """Raise the reason."""
        self._refuse()

    @property
    def truth_kind(self) -> TruthKind:
        """Raise the reason."""
        self._refuse()

    def frames(self) -> Iterator[Frame]:
        """Raise the reason."""
        self._refuse()

    def truth(self) -> Iterator[FrameResult | None]:
        """Raise the reason."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise SequenceError(self.reason)
