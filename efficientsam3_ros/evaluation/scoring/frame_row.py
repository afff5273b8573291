"""One frame of a measured sequence: which track lies on which object, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ObjectRow:
    """One true object in view in one frame.

    Attributes:
        concept: The concept it answers.
        object_id: Its id in the truth.
        track_id: The track that lies on it in this frame (CLEAR-MOT, IoU .5); 0 for none,
            negative for a mask whose id appears twice in the frame.
        switched: Whether that is another track than the last one.
        j: IoU, 0..1, with the track that stands for the object over the whole sequence.
        f: Boundary accuracy, 0..1, with that track.
    """

    concept: str
    object_id: int
    track_id: int
    switched: bool
    j: float
    f: float


@dataclass(frozen=True)
class FrameRow:
    """One frame.

    Attributes:
        annotated: Whether there is truth; without it ``objects`` and ``false`` are empty.
        visible: Visible tracks of the concepts that were asked for.
        objects: True objects in view.
        false: (concept, track id) of tracks that lie on no object.
        tracked: Whether ids tell which track stands for an object; detections have no such ids.
    """

    annotated: bool
    visible: int
    objects: tuple[ObjectRow, ...] = ()
    false: tuple[tuple[str, int], ...] = ()
    tracked: bool = True

    @property
    def jf(self) -> float:
        """Mean J&F of the objects in view, 0..1; NaN if none is, or without tracks."""
        return self._jf_sum / len(self.objects) if self.objects and self.tracked else float('nan')

    @property
    def quality(self) -> float:
        """J&F with every made-up instance counted as 0; 1 if there is nothing.

        Without tracks, the share of objects and instances that match.
        """
        answers = len(self.objects) + len(self.false)
        good = self._jf_sum if self.tracked else len(self.matched)
        return good / answers if answers else 1.0

    @property
    def _jf_sum(self) -> float:
        return sum((item.j + item.f) / 2 for item in self.objects)

    @property
    def matched(self) -> dict[int, int]:
        """Track id to the object id on which it lies."""
        return {item.track_id: item.object_id for item in self.objects if item.track_id}

    @property
    def switched(self) -> list[str]:
        """Concepts of objects that changed their track."""
        return [item.concept for item in self.objects if self.tracked and item.switched]

    @property
    def missed(self) -> list[str]:
        """Concepts of objects that no track lies on."""
        return [item.concept for item in self.objects if not item.track_id]

    @property
    def errors(self) -> int:
        """Number of things that went wrong."""
        return len(self.missed) + len(self.false) + len(self.switched)

    def why(self) -> str:
        """Return one line for people."""
        false = [concept for concept, _ in self.false]
        parts = ('missed', self.missed), ('false', false), ('id switch of', self.switched)
        said = [f'{word} {name}' for word, names in parts for name in _counted(names)]
        return ', '.join(said) or 'inexact mask'


def _counted(names: Sequence[str]) -> list[str]:
    # Tracks that answer for any object have no concept.
    return [
        f'{names.count(name)} ' * (names.count(name) > 1) + (name or 'object')
        for name in dict.fromkeys(names)
    ]
