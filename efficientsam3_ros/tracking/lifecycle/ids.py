"""Track ids and the 16-bit labels that stand for them in label images."""

from __future__ import annotations

MAX_LABEL = 65534
MAX_TRACK_ID = 2**32 - 1


class IdAllocator:
    """Gives out ids that never repeat and labels that repeat as late as possible."""

    def __init__(self) -> None:
        self._last_id = 0
        self._last_label = 0
        self._taken: set[int] = set()

    def successor(self) -> IdAllocator:
        """Return one for the next tracker: no id of this one repeats, all labels are free."""
        successor = IdAllocator()
        successor._last_id, successor._last_label = self._last_id, self._last_label
        return successor

    def next_id(self) -> int:
        """Return a track id that was never given before.

        Raises:
            RuntimeError: After 2**32 - 1 ids.
        """
        if self._last_id >= MAX_TRACK_ID:
            raise RuntimeError('All 2**32 - 1 track ids are used up; start a new tracker.')
        self._last_id += 1
        return self._last_id

    def take_label(self) -> int:
        """Return a label that no live track has, going round so that reuse comes late.

        Raises:
            RuntimeError: If all 65534 labels are in use.
        """
        if len(self._taken) >= MAX_LABEL:
            raise RuntimeError('All 65534 labels are in use; lower max_objects or max_lost.')
        self._last_label = self._last_label % MAX_LABEL + 1
        while self._last_label in self._taken:
            self._last_label = self._last_label % MAX_LABEL + 1
        self._taken.add(self._last_label)
        return self._last_label

    def free_label(self, label: int) -> None:
        """Give a label back."""
        self._taken.discard(label)
