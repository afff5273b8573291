"""What an operator should do about the node's figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
import time

from efficientsam3_ros.nodes.objects.faults import Cause
from efficientsam3_ros.nodes.objects.figures import figures_of
from efficientsam3_ros.nodes.objects.inputs import Inputs
from efficientsam3_ros.nodes.objects.session import LEADER, NAMES, Session
from efficientsam3_ros.nodes.objects.sync.counts import InputCounts

OK, WARN, ERROR = 'OK', 'WARN', 'ERROR'
SILENT_S = 3.0
"""Seconds without a message after which a topic counts as silent."""
_MOST_LOST = 0.5

_REMEDIES = {
    'no image': 'remap "image" to the topic that the tracker takes, or raise queue',
    'no depth': 'check depth_topic, slop, and that the driver publishes depth',
    'unmatched': 'check the topics and slop, or set synchronizer to "own" to know more',
    'busy': 'fewer listeners, a lower resolution or a larger voxel_size',
    'no stamp': 'let the camera driver stamp its images',
    'time jumped back': 'that is as it should be where a bag starts anew',
}
_HINTS = {
    LEADER: 'check the parameter tracker, and that the tracker is active',
    'image': 'remap "image" to the topic that the tracker takes',
    'depth': 'set depth_topic to the aligned depth of the camera',
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
        self._begin()

    def _begin(self) -> None:
        self._processed = 0
        self._received: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()
        self._came_s: dict[str, float] = {}

    def look(
        self,
        session: Session | None,
        inputs: Inputs | None,
        error: str,
        now_s: float | None = None,
    ) -> Report:
        """Return the report of this moment.

        Args:
            session: None while the node is not configured.
            inputs: The subscriptions; None while the node is not active.
            error: Why it could not be configured, or an empty text.
            now_s: Monotonic time in seconds; that of now if not given.
        """
        now = time.monotonic() if now_s is None else now_s
        if session is None or inputs is None:
            self._begin()
        if session is None:
            return Report(ERROR, error, {}) if error else Report(OK, 'Not configured.', {})
        counts = session.synchronizer.counts()
        values = figures_of(session, counts)
        if inputs is None:
            return Report(OK, 'Not active.', values)
        level, message = self._verdict(session, inputs, counts, now)
        return Report(level, message, values)

    def _verdict(
        self, session: Session, inputs: Inputs, counts: Mapping[str, InputCounts], now: float
    ) -> tuple[str, str]:
        tally = session.tally
        lost = Counter(counts[LEADER].dropped)
        lost.update({cause.value: count for cause, count in tally.dropped.items()})
        new_lost, self._lost = lost - self._lost, lost
        processed, self._processed = tally.processed - self._processed, tally.processed
        received = counts[LEADER].received - self._received[LEADER]
        silent = self._silent(counts, now)
        if silent:
            return WARN, _silence(session, inputs, silent)
        faults = {cause.value for cause in Cause} - {Cause.BUSY.value, Cause.INACTIVE.value}
        if faults & set(new_lost):
            return WARN, tally.last_fault
        if new_lost and new_lost.total() > _MOST_LOST * (new_lost.total() + processed):
            ((cause, count),) = new_lost.most_common(1)
            remedy = _REMEDIES.get(cause, 'see the figures')
            return WARN, f'{count} results became no objects ({cause}); {remedy}.'
        return OK, f'{processed} of {received} results became objects.'

    def _silent(self, counts: Mapping[str, InputCounts], now: float) -> str:
        """Return the first topic on which nothing has come for long, or an empty text."""
        for name in NAMES:
            if counts[name].received != self._received[name] or name not in self._came_s:
                self._came_s[name] = now
            self._received[name] = counts[name].received
        late = (name for name in NAMES if now - self._came_s[name] > SILENT_S)
        never = (name for name in NAMES if not counts[name].received)
        return next(chain(never, late), '')


def _silence(session: Session, inputs: Inputs, name: str) -> str:
    """Return why nothing comes on a topic."""
    hint = _HINTS[name]
    if name == LEADER:
        return f'Nothing comes on {session.topics.instances}; {hint}.'
    images = inputs.images[name]
    topic, publishers = images.topic, images.publishers
    if not publishers.names:
        return f'Nobody publishes on {topic.name}; {hint}.'
    if topic.kind not in publishers.kinds:
        return (
            f'{publishers.listed()} publishes {", ".join(publishers.kinds)} on {topic.name}, '
            f'where {topic.kind} is expected; {hint}.'
        )
    return (
        f'Nothing comes on {topic.name} from {publishers.listed()}; check the parameter '
        'reliability, and that the camera runs.'
    )
