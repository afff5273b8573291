"""Memory on the GPU and page-locked memory of the host, behind a protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from efficientsam3_ros.engine.tensorrt.plan_cache import Machine

GRANULE = 256
"""Sizes are rounded up to this many bytes, so that small changes do not allocate anew."""


class DeviceMemory(Protocol):
    """What the backend asks of CUDA. Pointers, streams and captured graphs are plain integers."""

    def allocate(self, size: int) -> int:
        """Return a pointer to ``size`` bytes on the device."""
        ...

    def free(self, pointer: int) -> None:
        """Give device memory back."""
        ...

    def allocate_host(self, size: int) -> np.ndarray:
        """Return uint8 (size,) in page-locked memory, which the device copies from directly."""
        ...

    def free_host(self, array: np.ndarray) -> None:
        """Give page-locked memory back."""
        ...

    def upload(self, pointer: int, array: np.ndarray, stream: int) -> None:
        """Start a copy of a contiguous array to the device."""
        ...

    def download(self, array: np.ndarray, pointer: int, stream: int) -> None:
        """Start a copy from the device into a contiguous array."""
        ...

    def create_stream(self) -> int:
        """Return a new stream."""
        ...

    def destroy_stream(self, stream: int) -> None:
        """Give a stream back."""
        ...

    def synchronise(self, stream: int) -> None:
        """Wait until everything in the stream is done."""
        ...

    def capture(self, stream: int, enqueue: Callable[[], None]) -> int:
        """Record what ``enqueue`` puts into the stream, without running it; return a graph."""
        ...

    def launch(self, graph: int, stream: int) -> None:
        """Run a recorded graph."""
        ...

    def free_graph(self, graph: int) -> None:
        """Give a recorded graph back."""
        ...

    def machine(self, tensorrt: str) -> Machine:
        """Describe the GPU, with the version of TensorRT."""
        ...


class DeviceBuffer:
    """Device memory that grows when more is asked for; its content is then lost."""

    def __init__(self, memory: DeviceMemory) -> None:
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

    def __init__(self, memory: DeviceMemory) -> None:
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
