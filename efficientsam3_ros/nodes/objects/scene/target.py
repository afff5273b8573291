"""The one object that is handed on to manipulation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from efficientsam3_ros.core import Instance, TrackState


@dataclass(frozen=True)
class Wanted:
    """Which object it shall be.

    Attributes:
        track_id: Of the tracker; 0: by phrase.
        phrase: A prompt in force; empty: any.
        min_pixels: Smaller masks do not count.
    """

    track_id: int = 0
    phrase: str = ''
    min_pixels: int = 1

    def among(self, objects: Sequence[Instance]) -> list[Instance]:
        """Return the objects that fit: confirmed ones first, then by score."""
        fitting = [item for item in objects if self._fits(item)]
        return sorted(
            fitting,
            key=lambda item: (item.state is not TrackState.TRACKED, -item.score, item.track_id),
        )

    def told(self) -> str:
        """Return it in words."""
        if self.track_id:
            return f'track {self.track_id}'
        return f'"{self.phrase}"' if self.phrase.strip() else 'any object'

    def _fits(self, item: Instance) -> bool:
        if item.area < self.min_pixels:
            return False
        if self.track_id:
            return item.track_id == self.track_id
        return not self.phrase.strip() or same_words(item.concept, self.phrase)


def same_words(one: str, other: str) -> bool:
    """Tell whether two phrases differ in case and blanks at most."""
    return ' '.join(one.lower().split()) == ' '.join(other.lower().split())


class TargetChooser:
    """Stays with an object for as long as it is seen, whatever the scores of others do."""

    def __init__(self) -> None:
        self._track_id = 0

    def choose(self, wanted: Wanted, objects: Sequence[Instance]) -> Instance | None:
        """Return the target among the objects of an image; None if none fits."""
        fitting = wanted.among(objects)
        stay = [item for item in fitting if item.track_id == self._track_id]
        chosen = next(iter(stay or fitting), None)
        if chosen is not None:
            self._track_id = chosen.track_id
        return chosen
