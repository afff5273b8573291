"""Whether an object that was out of view for a while gets its track back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from efficientsam3_ros.evaluation.metrics.counts import Counts, share

GONE_FRAMES = 8
"""Frames out of view that make the next sight a re-entry; shorter gaps are flicker."""
SETTLE_FRAMES = 15
"""Frames in view in which a tracker has to find the object again."""


@dataclass(frozen=True)
class ReentryCounts(Counts):
    """Returns of objects that were followed before they went.

    Attributes:
        same: Returns that got the track back which followed the object before.
        other: Returns that got another track.
        missed: Returns that no track lay on within ``SETTLE_FRAMES`` frames in view.
    """

    same: int = 0
    other: int = 0
    missed: int = 0

    @classmethod
    def of(cls, frames: Mapping[int, Mapping[int, int]]) -> ReentryCounts:
        """Count the returns of all objects of one concept.

        An object that no track followed before it went does not count: there is no id to give
        back.

        Args:
            frames: Frame number to the objects in view, each with the track that lies on it, 0
                for none; ascending.
        """
        sights: dict[int, dict[int, int]] = {}
        for frame, tracks in frames.items():
            for number, track in tracks.items():
                sights.setdefault(number, {})[frame] = track
        return sum((cls._of_object(tracks) for tracks in sights.values()), cls())

    @classmethod
    def _of_object(cls, tracks: Mapping[int, int]) -> ReentryCounts:
        """Count one object's returns; ``tracks``: frame in view to the track on it, or 0."""
        counts = cls()
        frames = list(tracks)
        follower = 0
        for index, frame in enumerate(frames):
            gone = frame - frames[index - 1] - 1 if index else 0
            if follower and gone >= GONE_FRAMES:
                view = frames[index : index + SETTLE_FRAMES]
                found = next((tracks[f] for f in view if tracks[f]), 0)
                same, missed = found == follower, not found
                counts += cls(int(same), int(not (same or missed)), int(missed))
            follower = tracks[frame] or follower
        return counts

    @property
    def total(self) -> int:
        """Number of returns."""
        return self.same + self.other + self.missed

    @property
    def rate(self) -> float:
        """Share of returns that got their track back, 0..1; NaN without a return."""
        return share(self.same, self.total)
