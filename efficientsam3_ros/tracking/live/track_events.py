"""Which tracks were confirmed, lost, found again or ended, from one result to the next."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import IntEnum

from efficientsam3_ros.core import FrameResult, Instance, TrackState


class EventKind(IntEnum):
    """What happened; the values are those of ``efficientsam3_ros/msg/TrackEvent``."""

    CONFIRMED = 0
    LOST = 1
    FOUND = 2
    ENDED = 3


@dataclass(frozen=True)
class TrackEvent:
    """A change in the life of one track.

    Attributes:
        kind: What happened.
        item: The track in the last result that holds it.
        view: The track in the last result that shows it.
        seen_ns: Stamp of that result, nanoseconds.
    """

    kind: EventKind
    item: Instance
    view: Instance
    seen_ns: int


@dataclass
class _Known:
    item: Instance
    view: Instance
    seen_ns: int
    lost: bool = False
    paused: bool = False

    def event(self, kind: EventKind) -> TrackEvent:
        return TrackEvent(kind, self.item, self.view, self.seen_ns)


class TrackEvents:
    """Compares results; false starts, which are never confirmed, are passed over.

    Args:
        alive: Returns the ids of all tracks, also of those that are no longer reported.
    """

    def __init__(self, alive: Callable[[], Collection[int]]) -> None:
        self._alive = alive
        self._known: dict[int, _Known] = {}

    def of(self, result: FrameResult) -> list[TrackEvent]:
        """Return what happened since the last result, ordered by track id."""
        reported = {item.track_id: item for item in result.instances}
        alive = set(self._alive()) if self._known.keys() - reported.keys() else set()
        events = []
        for track_id in sorted(self._known.keys() | reported.keys()):
            item = reported.get(track_id)
            if item is None:
                event = self._unreported(track_id, alive)
            else:
                event = self._reported(item, result.stamp_ns)
            if event is not None:
                events.append(event)
        return events

    def ended(self) -> list[TrackEvent]:
        """Return which tracks have ended since the last result, ordered by track id."""
        alive = set(self._alive()) if self._known else set()
        return [self._end(track_id) for track_id in sorted(self._known.keys() - alive)]

    def pause(self) -> list[TrackEvent]:
        """Return the tracks that get lost by a pause: until it is seen again, each counts so."""
        seen = [known for _, known in sorted(self._known.items()) if not known.lost]
        for known in seen:
            known.lost = known.paused = True
        return [known.event(EventKind.LOST) for known in seen]

    def close(self) -> list[TrackEvent]:
        """Return the end of all tracks, ordered by track id."""
        return [self._end(track_id) for track_id in sorted(self._known)]

    def _end(self, track_id: int) -> TrackEvent:
        return self._known.pop(track_id).event(EventKind.ENDED)

    def _reported(self, item: Instance, stamp_ns: int) -> TrackEvent | None:
        known = self._known.get(item.track_id)
        if known is None:
            if item.state is not TrackState.TRACKED:
                return None
            known = self._known[item.track_id] = _Known(item, item, stamp_ns)
            return known.event(EventKind.CONFIRMED)
        known.item = item
        if item.area:
            known.view, known.seen_ns = item, stamp_ns
        # Hidden since before the pause, it is still to be found.
        known.paused = known.paused and item.state is not TrackState.TRACKED
        was_lost = known.lost
        # A found one may be hidden again in the same frame, by another object.
        known.lost = known.paused or item.state is TrackState.LOST
        if known.lost == was_lost:
            return None
        return known.event(EventKind.LOST if known.lost else EventKind.FOUND)

    def _unreported(self, track_id: int, alive: Collection[int]) -> TrackEvent | None:
        known = self._known[track_id]
        if track_id not in alive:
            return self._end(track_id)
        if known.lost:
            return None
        known.lost = True
        return known.event(EventKind.LOST)
