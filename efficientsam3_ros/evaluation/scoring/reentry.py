"""Whether an object that was gone for a while gets its track back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from efficientsam3_ros.evaluation.scoring.measure import FrameRow

GONE_FRAMES = 8
"""Frames out of view that make the next sight a re-entry; shorter gaps are flicker."""
SETTLE_FRAMES = 15
"""Frames in view in which a tracker has to find the object again."""


@dataclass(frozen=True)
class ReentryCounts:
    """Returns of objects that were followed before they went.

    Attributes:
        same: Returns that got the track back which followed the object before.
        other: Returns that got another track.
        missed: Returns that no track lay on within ``SETTLE_FRAMES`` frames in view.
    """

    same: int = 0
    other: int = 0
    missed: int = 0

    def __add__(self, more: ReentryCounts) -> ReentryCounts:
        return ReentryCounts(
            self.same + more.same, self.other + more.other, self.missed + more.missed
        )

    @property
    def total(self) -> int:
        """Number of returns."""
        return self.same + self.other + self.missed

    @property
    def rate(self) -> float:
        """Share of returns that got their track back, 0..1; NaN without a return."""
        return self.same / self.total if self.total else float('nan')


def reentries(rows: Sequence[FrameRow]) -> ReentryCounts:
    """Count the returns of all objects of a sequence.

    An object that no track followed before it went does not count: there is no id to give back.

    Args:
        rows: From ``measure``, one a frame.
    """
    sights: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)
    for frame, row in enumerate(rows):
        for item in row.objects:
            sights[item.concept, item.object_id][frame] = item.track_id
    return sum((_of_object(tracks) for tracks in sights.values()), ReentryCounts())


def _of_object(tracks: Mapping[int, int]) -> ReentryCounts:
    """Count the returns of one object, from the frames in view to the track on it, 0 for none."""
    counts = ReentryCounts()
    frames = sorted(tracks)
    follower = 0
    for index, frame in enumerate(frames):
        gone = frame - frames[index - 1] - 1 if index else 0
        if follower and gone >= GONE_FRAMES:
            view = frames[index : index + SETTLE_FRAMES]
            found = next((tracks[f] for f in view if tracks[f]), 0)
            counts += ReentryCounts(
                same=int(found == follower),
                other=int(found not in (0, follower)),
                missed=int(not found),
            )
        follower = tracks[frame] or follower
    return counts
