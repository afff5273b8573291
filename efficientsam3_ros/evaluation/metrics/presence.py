"""Does the system know what is not there? Accuracy of yes and no, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass

from efficientsam3_ros.evaluation.metrics.counts import Counts, share


@dataclass(frozen=True)
class PresenceCounts(Counts):
    """Answers by kind of (frame, phrase) pair; add two of them to join clips.

    Attributes:
        present_right: The object was in view and something was found.
        present: The object was in view.
        out_of_view_right: In the scene but not in view, and nothing was found.
        out_of_view: In the scene but not in view.
        absent_right: No such object in the whole scene, and nothing was found.
        absent: No such object in the whole scene.
    """

    present_right: int = 0
    present: int = 0
    out_of_view_right: int = 0
    out_of_view: int = 0
    absent_right: int = 0
    absent: int = 0

    @classmethod
    def of(cls, in_scene: bool, in_view: bool, found: bool) -> PresenceCounts:
        """Count one (frame, phrase) pair."""
        if in_view:
            return cls(present_right=int(found), present=1)
        if in_scene:
            return cls(out_of_view_right=int(not found), out_of_view=1)
        return cls(absent_right=int(not found), absent=1)

    @property
    def present_accuracy(self) -> float:
        """Share of sights in which something was found; NaN without any."""
        return share(self.present_right, self.present)

    @property
    def out_of_view_accuracy(self) -> float:
        """Share of frames without the object in view that stayed empty; NaN without any."""
        return share(self.out_of_view_right, self.out_of_view)

    @property
    def absent_accuracy(self) -> float:
        """Share of frames in which an absent concept was rightly not found; NaN without any."""
        return share(self.absent_right, self.absent)
