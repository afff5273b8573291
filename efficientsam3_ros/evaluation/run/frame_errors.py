"""Frame by frame: which track followed which object, what was missed, what was made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from efficientsam3_ros.core import FrameResult, Instance
from efficientsam3_ros.evaluation.scoring.measure import FrameRow


@dataclass(frozen=True)
class FrameErrors:
    """What is to be said of one annotated frame.

    Attributes:
        jf: Mean J&F, 0..1, of the objects in view and the tracks that stand for them over the
            sequence; NaN if none is in view, or without tracks.
        quality: The same with every made-up instance counted as 0; 1 if there is nothing. Without
            tracks, the share of objects and instances that match.
        objects: True objects in view.
        matched: Track id to the object id on which it lies.
        missed: Concepts of objects that no track lies on.
        false: Concepts of instances that lie on no object.
        switched: Concepts of objects that changed their track.
    """

    jf: float
    quality: float
    objects: int
    matched: Mapping[int, int]
    missed: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    switched: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: FrameRow, tracked: bool = True) -> FrameErrors | None:
        """Read a measured frame; None if it is not annotated.

        Args:
            row: The frame.
            tracked: Whether ids tell which track stands for an object.
        """
        if not row.annotated:
            return None
        answers = len(row.objects) + len(row.false)
        matched = {o.track_id: o.object_id for o in row.objects if o.track_id}
        good = sum((o.j + o.f) / 2 for o in row.objects) if tracked else len(matched)
        return cls(
            jf=row.jf if tracked else float('nan'),
            quality=good / answers if answers else 1.0,
            objects=len(row.objects),
            matched=matched,
            missed=tuple(o.concept for o in row.objects if not o.track_id),
            false=tuple(concept for concept, _ in row.false),
            switched=tuple(o.concept for o in row.objects if tracked and o.switched),
        )

    @property
    def errors(self) -> int:
        """Number of things that went wrong."""
        return len(self.missed) + len(self.false) + len(self.switched)

    def why(self) -> str:
        """Return one line for people."""
        parts = (('missed', self.missed), ('false', self.false), ('id switch of', self.switched))
        said = [f'{word} {name}' for word, names in parts for name in _counted(names)]
        return ', '.join(said) or 'inexact mask'


def visible(result: FrameResult) -> list[Instance]:
    """Return the instances with a mask."""
    return [item for item in result.instances if item.area]


def _counted(names: Sequence[str]) -> list[str]:
    # Tracks that answer for any object have no concept.
    return [
        f'{names.count(name)} ' * (names.count(name) > 1) + (name or 'object')
        for name in dict.fromkeys(names)
    ]
