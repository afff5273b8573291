"""A synchroniser with the interface of message_filters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from efficientsam3_ros.core.messages.stamps import to_nanoseconds
from efficientsam3_ros.nodes.objects.sync.counts import InputCounts
from efficientsam3_ros.nodes.objects.sync.pairing import Input, Pairing


class Filter(Protocol):
    """What message_filters calls a filter, such as its ``Subscriber``."""

    def registerCallback(self, callback: Callable[..., None], *args: Any) -> Any:  # noqa: N802
        """Let a callable be called with each message and the arguments."""


class Source:
    """A filter that passes on what it is given."""

    def __init__(self) -> None:
        self._callbacks: list[tuple[Callable[..., None], tuple[Any, ...]]] = []

    def registerCallback(self, callback: Callable[..., None], *args: Any) -> None:  # noqa: N802
        """Let a callable be called with each message and the arguments."""
        self._callbacks.append((callback, args))

    def signalMessage(self, message: Any) -> None:  # noqa: N802
        """Pass on a message."""
        for callback, args in self._callbacks:
            callback(message, *args)


class Synchronizer(Source):
    """Calls back with one message of each filter; see ``Pairing`` for which.

    As ``message_filters.ApproximateTimeSynchronizer``, but for what that does badly: a slop of 0
    pairs equal stamps, a bag that starts anew is followed, a callback that raises stops nothing,
    and every message that finds no partner is counted by its cause.

    Args:
        fs: The filters; the first one leads. Their messages have a ``header``.
        queue_size: Messages of each that are kept at most.
        slop: Seconds that stamps may differ from those of the first filter; one number, or one
            for each filter but the first.
        names: Of the filters, for the causes of drops.
    """

    def __init__(
        self,
        fs: Sequence[Filter],
        queue_size: int,
        slop: float | Sequence[float] = 0.0,
        names: Sequence[str] = (),
    ) -> None:
        super().__init__()
        others = len(fs) - 1
        slops = [slop] * others if isinstance(slop, float | int) else list(slop)
        labels = names or [f'message {index}' for index in range(len(fs))]
        inputs = [
            Input(name, round(seconds * 1e9)) for name, seconds in zip(labels, [0.0, *slops])
        ]
        self._pairing = Pairing(inputs, queue_size, self._emit)
        for index, source in enumerate(fs):
            source.registerCallback(self._take, index)

    def counts(self) -> dict[str, InputCounts]:
        """Return what became of the messages, by the name of their filter."""
        return self._pairing.counts()

    def clear(self) -> None:
        """Drop what waits."""
        self._pairing.clear()

    def _take(self, message: Any, index: int) -> None:
        self._pairing.add(index, to_nanoseconds(message.header.stamp), message)

    def _emit(self, messages: Sequence[Any]) -> None:
        for callback, args in self._callbacks:
            callback(*messages, *args)
