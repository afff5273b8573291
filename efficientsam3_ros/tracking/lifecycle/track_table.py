"""All tracks of a tracker, with their numbers and what is remembered of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from efficientsam3_ros.core import TrackState
from efficientsam3_ros.tracking.association.appearance import Appearance
from efficientsam3_ros.tracking.association.observations import Observations
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.lifecycle.ids import IdAllocator
from efficientsam3_ros.tracking.lifecycle.update import Decision, decide
from efficientsam3_ros.tracking.track import Track


class TrackTable:
    """Continues, recovers, starts and ends tracks; bounded by the configuration.

    Args:
        appearance: Recognises tracks; forgets with the table.
        numbering: Gives ids and labels.
    """

    def __init__(self, appearance: Appearance, numbering: IdAllocator) -> None:
        self._appearance = appearance
        self._numbering = numbering
        self._tracks: dict[int, Track] = {}

    @property
    def tracks(self) -> tuple[Track, ...]:
        """All tracks, LOST ones included, ordered by id."""
        return tuple(self._tracks.values())

    @property
    def ids(self) -> tuple[int, ...]:
        """Ids of all tracks, rising."""
        return tuple(self._tracks)

    def decide(self, observations: Observations) -> Decision:
        """Say what a frame means for the tracks; only ids are used up by it."""
        return decide(self._tracks, observations, self._appearance, self._numbering.next_id)

    def commit(self, decision: Decision, observations: Observations) -> None:
        """Make a decision come true; too unsure views are not remembered."""
        self._tracks = dict(decision.tracks)
        for track_id, detection in decision.matches.items():
            if observations.strong(detection):
                self._appearance.remember(track_id, detection, observations.config)
        for track_id, detection in decision.births.items():
            label = self._numbering.take_label()
            self._tracks[track_id] = Track.begun(track_id, label, detection, observations.frame)
            self._appearance.remember(track_id, detection, observations.config)
        self.end(decision.ended)

    def hide(self, track_ids: Iterable[int], config: TrackerConfig) -> None:
        """Take the support of tracks away: only a detection shows them again."""
        for track_id in track_ids:
            track = self._tracks[track_id]
            misses = max(track.misses, config.memory_only_runs + 1)
            self._tracks[track_id] = replace(track, misses=misses, visible=False)

    def rename(self, keys: Mapping[str, str]) -> None:
        """Give the tracks of concepts to other concepts.

        Args:
            keys: Old concept key to new one.
        """
        self._tracks = {
            i: replace(track, key=keys.get(track.key, track.key))
            for i, track in self._tracks.items()
        }

    def resize(self, height: int, width: int) -> None:
        """Carry all tracks over to another image size, pixels."""
        self._tracks = {i: track.resized(height, width) for i, track in self._tracks.items()}

    def end(self, track_ids: Iterable[int]) -> None:
        """Forget tracks; their ids are never given again."""
        for track_id in tuple(track_ids):
            self._numbering.free_label(self._tracks.pop(track_id).label)
            self._appearance.forget(track_id)

    def expired(self, frame: int, config: TrackerConfig) -> list[int]:
        """Return false starts and those that are lost too long or are too many."""
        ended = [t.track_id for t in self.tracks if t.expired(frame, config)]
        lost = [i for i in self.lost(frame, config) if i not in ended]
        return ended + lost[: max(0, len(lost) - config.max_lost)]

    def lost(self, frame: int, config: TrackerConfig) -> list[int]:
        """Return the ids of LOST tracks, the longest lost first."""
        found = [t for t in self.tracks if t.state(frame, config) is TrackState.LOST]
        return [t.track_id for t in sorted(found, key=lambda t: (t.last_seen, t.track_id))]
