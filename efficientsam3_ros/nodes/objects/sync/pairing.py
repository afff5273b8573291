"""Finding the messages that belong together; plain logic without ROS."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from efficientsam3_ros.nodes.objects.sync.counts import InputCounts, Unpaired
from efficientsam3_ros.nodes.objects.sync.stamp_queue import StampQueue

JUMP_NS = 1_000_000_000


@dataclass(frozen=True)
class Input:
    """One topic.

    Attributes:
        name: For the causes of drops.
        slop_ns: How far its stamps may be from those of the first topic; 0: they are equal.
    """

    name: str
    slop_ns: int = 0


class Pairing:
    """Sets of one message of each topic, in the order of the first topic, which leads.

    Every message is used once. A message of the first topic is given up once a partner can no
    longer come, as topics are in order; its partners wait at most until ``queue`` later ones came.
    A stamp that steps back by more than a second begins a new time (a looped bag): what waits is
    dropped.

    Args:
        inputs: The topics; the first one leads.
        queue: Messages of each topic that are kept at most.
        matched: Called with the messages of a set, in the order of ``inputs``; from the thread
            that calls ``add``, one at a time.

    Raises:
        ValueError: If there are fewer than two topics or no room.
    """

    def __init__(
        self, inputs: Sequence[Input], queue: int, matched: Callable[[Sequence[Any]], None]
    ) -> None:
        if len(inputs) < 2 or queue < 1:
            raise ValueError(f'Pairing needs two topics and a queue, got {len(inputs)}, {queue}.')
        self._names = [item.name for item in inputs]
        self._queues = [StampQueue(item.slop_ns) for item in inputs]
        self._counts = [InputCounts() for _ in inputs]
        self._most = queue
        self._matched = matched
        self._last_ns = 0
        self._lock = Lock()

    def add(self, index: int, stamp_ns: int, message: Any) -> None:
        """Take a message.

        Args:
            index: Of its topic in ``inputs``.
            stamp_ns: Of its header, nanoseconds; 0 cannot be paired.
            message: Handed to ``matched`` as it is.
        """
        with self._lock:
            self._counts[index].received += 1
            cause = self._refusal(index, stamp_ns)
            if cause is not None:
                self._drop(index, cause.value)
                return
            queue = self._queues[index]
            queue.put(stamp_ns, message)
            if len(queue) > self._most:
                queue.evicted_ns = queue.stamps()[0]
                self._give_up(index, queue.evicted_ns, Unpaired.QUEUE_FULL)
            found = self._find()
        for messages in found:
            self._matched(messages)

    def clear(self, cause: Unpaired = Unpaired.CLEARED) -> None:
        """Drop what waits, and take any next stamp as the first."""
        with self._lock:
            self._clear(cause)

    def counts(self) -> dict[str, InputCounts]:
        """Return what became of the messages, by the name of their topic."""
        with self._lock:
            return {
                name: replace(counts, dropped=counts.dropped.copy(), waiting=len(queue))
                for name, counts, queue in zip(self._names, self._counts, self._queues)
            }

    def _refusal(self, index: int, stamp_ns: int) -> Unpaired | None:
        """Return why a message cannot be paired; begin anew where time jumps back."""
        if stamp_ns <= 0:
            return Unpaired.NO_STAMP
        queue = self._queues[index]
        if stamp_ns + JUMP_NS < queue.newest_ns:
            self._clear(Unpaired.TIME_JUMP)
        if stamp_ns in queue:
            return Unpaired.SAME_STAMP
        if stamp_ns + queue.slop_ns < self._last_ns or (index == 0 and stamp_ns == self._last_ns):
            return Unpaired.OUT_OF_ORDER
        return None

    def _find(self) -> list[list[Any]]:
        """Return the sets that are complete now; give up what can no longer become one."""
        found: list[list[Any]] = []
        first, partners = self._queues[0], self._queues[1:]
        for stamp in first.stamps():
            chosen = [queue.partner_of(stamp) for queue in partners]
            stamps = [stamp, *(other for other in chosen if other is not None)]
            if len(stamps) == len(self._queues):
                found.append(self._use(stamps))
            elif any(queue.has_none_for(stamp) for queue in partners):
                self._give_up(0, stamp, Unpaired.UNMATCHED)
        return found

    def _use(self, stamps: Sequence[int]) -> list[Any]:
        self._last_ns = stamps[0]
        messages = []
        for index, (queue, stamp) in enumerate(zip(self._queues, stamps)):
            for earlier in queue.before(stamp):
                self._give_up(index, earlier, Unpaired.PASSED_OVER)
            messages.append(queue.take(stamp))
            self._counts[index].used += 1
        return messages

    def _give_up(self, index: int, stamp_ns: int, cause: Unpaired) -> None:
        text = cause.value
        if index == 0:
            text = self._lacking(stamp_ns) or text
        self._queues[index].take(stamp_ns)
        self._drop(index, text)

    def _lacking(self, stamp_ns: int) -> str:
        """Return which partner a message of the first topic lacks."""
        lacking = [
            (queue.blame(stamp_ns), f'no {name}')
            for name, queue in zip(self._names[1:], self._queues[1:])
            if queue.partner_of(stamp_ns) is None
        ]
        return min(lacking)[1] if lacking else ''

    def _drop(self, index: int, cause: str) -> None:
        self._counts[index].dropped[cause] += 1

    def _clear(self, cause: Unpaired) -> None:
        for queue, counts in zip(self._queues, self._counts):
            counts.dropped[cause.value] += queue.empty()
        self._last_ns = 0
