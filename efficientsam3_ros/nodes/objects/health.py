"""The node's figures, and what an operator should do about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from efficientsam3_ros.nodes.objects.session import LEADER, Session
from efficientsam3_ros.nodes.objects.sync.counts import InputCounts

OK, WARN, ERROR = 'OK', 'WARN', 'ERROR'

_REMEDIES = {
    'no image': 'remap "image" to the topic that the tracker takes, or raise queue',
    'no depth': 'check depth_topic, slop, and that the driver publishes depth',
    'queue full': 'raise queue',
    'unmatched': 'check the topics and slop, or set synchronizer to "own" to know more',
    'busy': 'fewer listeners, a lower resolution or a larger voxel_size',
    'no stamp': 'let the camera driver stamp its images',
}


@dataclass(frozen=True)
class Report:
    """A verdict: level, one sentence, and figures by name."""

    level: str
    message: str
    values: dict[str, str]


class Watch:
    """Judges the time between two looks at a session."""

    def __init__(self) -> None:
        self._processed = self._received = 0

    def look(self, session: Session | None, active: bool, error: str) -> Report:
        """Return the report of this moment.

        Args:
            session: None while the node is not configured.
            active: Whether it is to process messages.
            error: Why it could not be configured, or an empty text.
        """
        if session is None:
            self._processed = self._received = 0
            return Report(ERROR, error, {}) if error else Report(OK, 'Not configured.', {})
        counts = session.synchronizer.counts()
        values = figures_of(session, counts)
        if not active:
            return Report(OK, 'Not active.', values)
        level, message = self._verdict(session, counts)
        self._processed = session.tally.processed
        self._received = counts[LEADER].received
        return Report(level, message, values)

    def _verdict(self, session: Session, counts: Mapping[str, InputCounts]) -> tuple[str, str]:
        processed = session.tally.processed - self._processed
        received = counts[LEADER].received - self._received
        silent = [name for name in (LEADER, 'image', 'depth') if not counts[name].received]
        if silent:
            return WARN, _silence(session, silent[0])
        if received and not processed:
            return WARN, _loss(session, counts)
        return OK, f'{processed} of {received} results became objects.'


def _silence(session: Session, name: str) -> str:
    topic = {
        LEADER: session.topics.instances,
        'image': session.topics.image.name,
        'depth': session.topics.depth.name,
    }[name]
    hint = {
        LEADER: 'check the parameter tracker, and that the tracker is active',
        'image': 'remap "image" to the topic that the tracker takes',
        'depth': 'set depth_topic to the aligned depth of the camera',
    }[name]
    return f'Nothing has come on {topic}; {hint}.'


def _loss(session: Session, counts: Mapping[str, InputCounts]) -> str:
    tally = session.tally
    if tally.dropped and tally.last_fault:
        return tally.last_fault
    dropped = counts[LEADER].dropped
    if not dropped:
        return 'Results wait for their depth or image; see the figures.'
    cause = max(dropped, key=lambda name: dropped[name])
    return f'No result became objects ({cause}); {_REMEDIES.get(cause, "see the figures")}.'


def figures_of(session: Session, counts: Mapping[str, InputCounts]) -> dict[str, str]:
    """Return what became of all messages, as names and texts."""
    tally, leader = session.tally, counts[LEADER]
    dropped = {cause: n for cause, n in leader.dropped.items() if n}
    dropped |= {cause.value: n for cause, n in tally.dropped.items() if n}
    under_way = leader.received - tally.processed - sum(dropped.values())
    values = {
        'received': leader.received,
        'processed': tally.processed,
        **{f'dropped: {cause}': count for cause, count in dropped.items()},
        'under way': under_way,
        'camera_info: received': session.infos.received,
        'camera_info: changes': session.infos.changes,
    }
    for name in ('image', 'depth'):
        values |= _of_topic(name, counts[name])
        values[f'{name}: damaged'] = tally.refused[name]
        values[f'{name}: lost before the node'] = tally.missed[name]
    texts = {name: str(value) for name, value in values.items()}
    return {**texts, 'time of a result (ms)': f'{tally.build_ms:.1f}'}


def _of_topic(name: str, counts: InputCounts) -> dict[str, int]:
    return {
        f'{name}: received': counts.received,
        f'{name}: used': counts.used,
        f'{name}: waiting': counts.waiting,
        **{f'{name}: {cause}': count for cause, count in counts.dropped.items() if count},
    }
