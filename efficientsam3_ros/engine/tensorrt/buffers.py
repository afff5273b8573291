"""Memory on the GPU, page-locked memory of the host, and the stream of work on both."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.engine.tensorrt.cudart import CudaRuntime

GRANULE = 256
"""Sizes are rounded up to this many bytes, so that small changes do not allocate anew."""


class DeviceBuffer:
    """Device memory that grows when more is asked for; its content is then lost."""

    def __init__(self, memory: CudaRuntime) -> None:
        self._memory = memory
        self.pointer = 0
        self.size = 0

    def reserve(self, size: int) -> bool:
        """Make room; return whether the pointer changed."""
        if self.pointer and size <= self.size:
            return False
        self.free()
        # An empty tensor needs an address, too.
        self.size = max(1, -(-size // GRANULE)) * GRANULE
        self.pointer = self._memory.allocate(self.size)
        return True

    def free(self) -> None:
        """Give the memory back."""
        if self.pointer:
            self._memory.free(self.pointer)
        self.pointer = self.size = 0


class HostBuffer:
    """Page-locked memory that grows when more is asked for."""

    def __init__(self, memory: CudaRuntime) -> None:
        self._memory = memory
        self._array: np.ndarray | None = None

    def view(self, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """Return an array of this shape in the buffer; the former content is lost."""
        size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        if self._array is None or self._array.nbytes < size:
            self.free()
            self._array = self._memory.allocate_host(max(1, -(-size // GRANULE)) * GRANULE)
        return self._array[:size].view(dtype).reshape(shape)

    def free(self) -> None:
        """Give the memory back."""
        if self._array is not None:
            self._memory.free_host(self._array)
        self._array = None


class Stream:
    """The one CUDA stream of an engine, which knows what it has not waited for.

    Args:
        memory: Makes the stream.
    """

    def __init__(self, memory: CudaRuntime) -> None:
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
