"""The matching cascade: in which order the detections of a frame are given to tracks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import numpy as np

from efficientsam3_ros.tracking.association.appearance import Appearance
from efficientsam3_ros.tracking.association.candidates import Candidates
from efficientsam3_ros.tracking.association.costs import (
    Pairs,
    match_close,
    match_found,
    match_present,
    match_returned,
)
from efficientsam3_ros.tracking.association.observations import Observations
from efficientsam3_ros.tracking.detection.detector import Detection
from efficientsam3_ros.tracking.track import Track

Matches = dict[int, Detection]
"""Track id to the detection that is this track."""


class Cascade:
    """Gives the detections of a frame to tracks, stage by stage.

    Args:
        observations: Detections and memory predictions of the frame.
        appearance: Compares tracks with detections.
    """

    def __init__(self, observations: Observations, appearance: Appearance) -> None:
        self._observations = observations
        self._detections = observations.detections or ()
        self._appearance = appearance

    def continued(self, tracks: Mapping[int, Track]) -> Matches:
        """Match tracks where they are expected, and where their memory finds them.

        Args:
            tracks: Track id to track, as before the frame.
        """
        expected = partial(match_present, claimed=self._claimed(tracks))
        matches = self._assign(expected, self._alive(tracks.values()), self._detections)
        if not self._observations.memory_predictions:
            return matches
        missed = [track for i, track in tracks.items() if i not in matches]
        matches |= self._assign(match_found, missed, self.unused(matches))
        missed = [
            t
            for t in missed
            if t.track_id not in matches and t.confirmed(self._observations.config)
        ]
        return matches | self._assign(match_close, self._alive(missed), self.unused(matches))

    def returned(self, tracks: Mapping[int, Track], matches: Matches) -> Matches:
        """Give LOST tracks back to unused detections that look like them.

        Args:
            tracks: Track id to track, as the other detections of the frame left it.
            matches: Those detections.
        """
        lost = [track for track in tracks.values() if self._observations.lost(track)]
        return self._assign(match_returned, lost, self.unused(matches))

    def unused(self, matches: Matches) -> list[Detection]:
        """Return the strong detections of the frame that are no track yet."""
        used = {id(item) for item in matches.values()}
        strong = self._observations.strong
        return [item for item in self._detections if strong(item) and id(item) not in used]

    def _claimed(self, tracks: Mapping[int, Track]) -> np.ndarray:
        """Tell, bool (M), in which detections the memory of a lost track finds that track."""
        sought = [tracks[i] for i in self._observations.memory_predictions if i in tracks]
        lost = [track for track in sought if self._observations.lost(track)]
        if not lost or not self._detections:
            return np.zeros(len(self._detections), bool)
        supports = self._candidates(lost, self._detections).memory.supports
        return np.asarray(supports.any(axis=0))

    def _alive(self, tracks: Iterable[Track]) -> list[Track]:
        return [track for track in tracks if not self._observations.lost(track)]

    def _candidates(self, tracks: Sequence[Track], detections: Sequence[Detection]) -> Candidates:
        similarity = self._appearance.similarity([track.track_id for track in tracks], detections)
        return Candidates(tracks, detections, similarity, self._observations)

    def _assign(
        self,
        match: Callable[[Candidates], Pairs],
        tracks: Sequence[Track],
        detections: Sequence[Detection],
    ) -> Matches:
        if not tracks or not detections:
            return {}
        pairs = match(self._candidates(tracks, detections))
        return {tracks[row].track_id: detections[column] for row, column in pairs}
