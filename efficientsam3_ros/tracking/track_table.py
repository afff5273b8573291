"""All tracks of a tracker, with their numbers and what is remembered of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from efficientsam3_ros.core import TrackState
from efficientsam3_ros.tracking.association import match_present, match_returned
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.detection import Detection
from efficientsam3_ros.tracking.labels import Numbering
from efficientsam3_ros.tracking.memory import Memory
from efficientsam3_ros.tracking.track import Track


class TrackTable:
    """Continues, recovers, starts and ends tracks; bounded by the configuration.

    Args:
        memory: Recognises tracks; forgets with the table.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._numbering = Numbering()
        self._tracks: dict[int, Track] = {}

    @property
    def tracks(self) -> tuple[Track, ...]:
        """All tracks, LOST ones included, ordered by id."""
        return tuple(self._tracks.values())

    @property
    def ids(self) -> tuple[int, ...]:
        """Ids of all tracks, rising."""
        return tuple(self._tracks)

    def update(
        self,
        detections: Sequence[Detection],
        thresholds: Mapping[str, float],
        frame: int,
        config: TrackerConfig,
    ) -> None:
        """Take in one frame's detections.

        Args:
            detections: Those above ``keep_ratio`` times the threshold.
            thresholds: Concept key to detection threshold.
            frame: Frame number.
            config: Gates and limits.
        """
        strong = np.array([item.score >= thresholds[item.key] for item in detections], bool)
        rest = self._continue(detections, strong, frame, config)
        rest = self._recover(rest, frame, config)
        self._begin(rest, thresholds, frame, config)

    def resize(self, height: int, width: int) -> None:
        """Carry all tracks over to another image size, pixels."""
        self._tracks = {i: track.resized(height, width) for i, track in self._tracks.items()}

    def end(self, track_ids: Iterable[int]) -> None:
        """Forget tracks; their ids are never given again."""
        for track_id in tuple(track_ids):
            self._numbering.free_label(self._tracks.pop(track_id).label)
            self._memory.forget(track_id)

    def expire(self, frame: int, config: TrackerConfig) -> None:
        """Forget false starts and those that are lost too long or are too many."""
        self.end(t.track_id for t in self.tracks if t.expired(frame, config))
        lost = self._in_states(True, frame, config)
        surplus = max(0, len(lost) - config.max_lost)
        oldest_first = sorted(lost, key=lambda t: (t.last_seen, t.track_id))
        self.end(t.track_id for t in oldest_first[:surplus])

    def _continue(
        self,
        detections: Sequence[Detection],
        strong: np.ndarray,
        frame: int,
        config: TrackerConfig,
    ) -> list[Detection]:
        """Continue the present tracks; return the strong detections that remain."""
        present = self._in_states(False, frame, config)
        similarity = self._memory.similarity([t.track_id for t in present], detections)
        pairs = match_present(present, detections, similarity, strong, frame, config)
        self._tracks |= {i: track.missed() for i, track in self._tracks.items()}
        for row, column in pairs:
            track = present[row].seen(detections[column], frame)
            if strong[column]:
                self._keep(track, detections[column], config)
            else:  # too unsure a view to remember
                self._tracks[track.track_id] = track
        used = {column for _, column in pairs}
        return [d for i, d in enumerate(detections) if strong[i] and i not in used]

    def _recover(
        self, detections: Sequence[Detection], frame: int, config: TrackerConfig
    ) -> list[Detection]:
        """Give lost tracks back to their detections; return the other detections."""
        lost = self._in_states(True, frame, config) if detections else []
        similarity = self._memory.similarity([t.track_id for t in lost], detections)
        pairs = match_returned(lost, detections, similarity, config)
        for row, column in pairs:
            self._keep(lost[row].returned(detections[column], frame), detections[column], config)
        used = {column for _, column in pairs}
        return [item for i, item in enumerate(detections) if i not in used]

    def _begin(
        self,
        detections: Sequence[Detection],
        thresholds: Mapping[str, float],
        frame: int,
        config: TrackerConfig,
    ) -> None:
        """Start tracks, best detections first, while there is room."""
        room = max(0, config.max_objects - len(self._in_states(False, frame, config)))
        wanted = [
            item
            for item in sorted(detections, key=lambda d: -d.score)
            if item.score >= max(config.birth_threshold, thresholds[item.key])
        ]
        for item in wanted[:room]:
            number, label = self._numbering.next_id(), self._numbering.take_label()
            self._keep(Track.begun(number, label, item, frame), item, config)

    def _keep(self, track: Track, detection: Detection, config: TrackerConfig) -> None:
        self._tracks[track.track_id] = track
        self._memory.remember(track.track_id, detection, config)

    def _in_states(self, lost: bool, frame: int, config: TrackerConfig) -> list[Track]:
        return [t for t in self.tracks if (t.state(frame, config) is TrackState.LOST) == lost]
