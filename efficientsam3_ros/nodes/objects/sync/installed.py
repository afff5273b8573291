"""The synchroniser of an installed message_filters."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from efficientsam3_ros.core.messages.stamps import to_nanoseconds
from efficientsam3_ros.nodes.objects.sync.counts import InputCounts, Unpaired
from efficientsam3_ros.nodes.objects.sync.pairing import JUMP_NS
from efficientsam3_ros.nodes.objects.sync.synchronizer import Source


class InstalledSynchronizer(Source):
    """``message_filters`` behind the interface of our ``Synchronizer``.

    Only its first two filters have to have equal stamps, which it cannot say; sets where they
    differ are dropped. It does not tell why messages find no partner, so they have one cause.

    Args:
        fs: The filters.
        queue_size: Messages of each that are kept at most.
        slop: Seconds that stamps may differ; 0 pairs equal stamps.
        names: Of the filters.

    Raises:
        ValueError: If message_filters is not installed.
    """

    def __init__(
        self, fs: Sequence[Source], queue_size: int, slop: float, names: Sequence[str]
    ) -> None:
        super().__init__()
        if find_spec('message_filters') is None:
            raise ValueError(
                'synchronizer is "message_filters", which is not installed; install '
                'ros-<distribution>-message-filters, or set it to "own".'
            )
        self._size, self._slop, self._names = queue_size, slop, list(names)
        self._inner_sources = [Source() for _ in fs]
        self._received, self._used = [0] * len(fs), 0
        self._newest_ns = [0] * len(fs)
        self._inner = self._make()
        for index, source in enumerate(fs):
            source.registerCallback(self._take, index)

    def counts(self) -> dict[str, InputCounts]:
        """Return what became of the messages, by the name of their filter."""
        waiting = [len(queue) for queue in self._inner.queues]
        return {
            name: _counts(received, self._used, kept)
            for name, received, kept in zip(self._names, self._received, waiting)
        }

    def clear(self) -> None:
        """Drop what waits."""
        self._inner_sources = [Source() for _ in self._inner_sources]
        self._newest_ns = [0] * len(self._newest_ns)
        self._inner = self._make()

    def _make(self) -> Any:
        filters = import_module('message_filters')
        if self._slop:
            made = filters.ApproximateTimeSynchronizer(self._inner_sources, self._size, self._slop)
        else:
            made = filters.TimeSynchronizer(self._inner_sources, self._size)
        made.registerCallback(self._emit)
        return made

    def _take(self, message: Any, index: int) -> None:
        self._received[index] += 1
        stamp_ns = to_nanoseconds(message.header.stamp)
        if stamp_ns + JUMP_NS < self._newest_ns[index]:
            # It would pair nothing until time has caught up.
            self.clear()
        self._newest_ns[index] = max(stamp_ns, self._newest_ns[index])
        self._inner_sources[index].signalMessage(message)

    def _emit(self, *messages: Any) -> None:
        one, other = (to_nanoseconds(message.header.stamp) for message in messages[:2])
        if one != other:
            return
        self._used += 1
        for callback, args in self._callbacks:
            callback(*messages, *args)


def _counts(received: int, used: int, waiting: int) -> InputCounts:
    counts = InputCounts(received, used, waiting=waiting)
    counts.dropped[Unpaired.UNMATCHED.value] = max(received - used - waiting, 0)
    return counts
