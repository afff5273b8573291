"""The order of a topic's messages by the stamps in their headers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
import struct

import numpy as np

from efficientsam3_ros.bags.errors import BagError
from efficientsam3_ros.bags.files import Record
from efficientsam3_ros.core.messages.stamps import SECOND_NS

WINDOW = 32
"""Messages that are held at most to bring them into order."""

HEADER_BYTES = 12
"""Encapsulation and stamp."""


def header_stamp(data: bytes) -> int:
    """Return the stamp of a message that begins with a ``Header``, nanoseconds.

    In CDR the stamp follows the four bytes of the encapsulation, whose second byte tells the
    byte order, so that the message itself need not be decoded.

    Raises:
        BagError: If the message is too short.
    """
    if len(data) < HEADER_BYTES:
        raise BagError(f'A message of {len(data)} bytes is too short for a header.')
    seconds, nanoseconds = struct.unpack_from('<iI' if data[1] & 1 else '>iI', data, 4)
    return int(seconds) * SECOND_NS + int(nanoseconds)


@dataclass(frozen=True, eq=False)
class StampIndex:
    """Where each stamp of a topic is found.

    Attributes:
        stamps_ns: int64 (N,), ascending, each once.
        times_ns: int64 (N,), when that message was received, by which a bag is searched.
        in_order: Whether the bag holds them in this order and nothing else.
        moved: Messages that came later than one with a greater stamp.
        repeated: Messages left out because an earlier one has their stamp.
        unstamped: All headers hold 0; the times of reception stand in.
    """

    stamps_ns: np.ndarray
    times_ns: np.ndarray
    in_order: bool = True
    moved: int = 0
    repeated: int = 0
    unstamped: bool = False

    def __len__(self) -> int:
        return len(self.stamps_ns)

    @classmethod
    def of(cls, found: Iterable[tuple[int, int]]) -> StampIndex:
        """Sort (stamp, time of reception) pairs, in nanoseconds and in the order of the bag."""
        pairs = np.array(list(found), np.int64).reshape(-1, 2)
        stamps, times = pairs[:, 0], pairs[:, 1]
        unstamped = bool(stamps.size) and not stamps.any()
        if unstamped:
            stamps = times
        unique, first = np.unique(stamps, return_index=True)
        kept = stamps[np.sort(first)]
        in_order = bool(np.all(stamps[1:] > stamps[:-1]))
        moved = int(np.count_nonzero(kept < np.maximum.accumulate(kept)))
        return cls(unique, times[first], in_order, moved, stamps.size - unique.size, unstamped)

    def stamp_of(self, data: bytes, time_ns: int) -> int:
        """Return the stamp by which this index knows a message."""
        return time_ns if self.unstamped else header_stamp(data)

    def notes(self, topic: str) -> Sequence[str]:
        """Return sentences on what was put right."""
        notes = []
        if self.unstamped:
            notes.append(f'{topic} has no stamps (all 0); the times of reception are used.')
        if before := int(np.count_nonzero(self.stamps_ns < 0)):
            notes.append(
                f'{topic} has {before} stamps before 1970; is the clock of the driver set?'
            )
        if self.moved:
            notes.append(f'{topic} is not in order: {self.moved} messages were sorted by stamp.')
        if self.repeated:
            notes.append(
                f'{topic} repeats stamps: {self.repeated} messages are left out, the first of '
                'each stamp is kept.'
            )
        return notes


def in_stamp_order(
    records: Callable[..., Iterator[Record]], topic: str, index: StampIndex
) -> Iterator[Record]:
    """Yield a topic's messages in the order of their stamps, each stamp once.

    Args:
        records: Yields the messages of a topic between two times of reception.
        topic: Its name.
        index: Of this topic.
    """
    if index.in_order:
        yield from records(topic)
        return
    for begin in range(0, len(index), WINDOW):
        stamps = index.stamps_ns[begin : begin + WINDOW].tolist()
        times = index.times_ns[begin : begin + WINDOW].tolist()
        wanted = set(zip(stamps, times))
        found: dict[int, Record] = {}
        for record in records(topic, min(times), max(times) + 1):
            try:
                stamp = index.stamp_of(record.data, record.time_ns)
            except BagError:
                continue  # too short; noted when the index was made
            if (stamp, record.time_ns) in wanted:
                found.setdefault(stamp, record)
        yield from (found[stamp] for stamp in stamps if stamp in found)
