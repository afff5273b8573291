"""The one CUDA stream of an engine, which knows what it has not waited for."""

from __future__ import annotations

from efficientsam3_ros.engine.tensorrt.buffers import DeviceMemory


class Stream:
    """A stream and a count of the work put into it.

    Args:
        memory: Makes the stream.
    """

    def __init__(self, memory: DeviceMemory) -> None:
        self.memory = memory
        self.handle = memory.create_stream()
        self._marks = 0
        self._waited = 0

    def mark(self) -> int:
        """Return a mark for the work enqueued until now."""
        self._marks += 1
        return self._marks

    def pending(self, mark: int) -> bool:
        """Tell whether the work before a mark may still be running."""
        return mark > self._waited

    def synchronise(self) -> None:
        """Wait for everything enqueued."""
        self.memory.synchronise(self.handle)
        self._waited = self._marks

    def close(self) -> None:
        """Wait, and give the stream back."""
        self.synchronise()
        self.memory.destroy_stream(self.handle)
