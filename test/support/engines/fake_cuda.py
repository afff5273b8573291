"""A GPU made of host memory, whose streams do nothing until somebody waits for them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from efficientsam3_ros.engine import EngineError
from efficientsam3_ros.engine.tensorrt.cudart import CudaRuntime
from efficientsam3_ros.engine.tensorrt.plan_cache import Machine

Work = Callable[[], None]


class FakeCuda(CudaRuntime):
    """A ``CudaRuntime`` that holds back all work, and refuses memory that was given back.

    Args:
        gpu: Name of the GPU.
        capable: Whether networks can be recorded as CUDA graphs.
    """

    def __init__(self, gpu: str = 'Fake Orin', capable: bool = True) -> None:
        self._gpu = gpu
        self._capable = capable
        self._next = 4096
        self._blocks: dict[int, np.ndarray] = {}
        self._pinned: set[int] = set()
        self._streams: dict[int, list[Work]] = {}
        self._recordings: dict[int, list[Work]] = {}
        self._recording: list[Work] | None = None
        self.allocations = 0
        self.waits = 0
        self.launches = 0

    @property
    def in_use(self) -> int:
        """Blocks, pinned arrays, streams and recordings that were not given back."""
        return sum(map(len, (self._blocks, self._pinned, self._streams, self._recordings)))

    def read(self, pointer: int, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """Return device memory as an array that shares it."""
        size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        block = self._blocks.get(pointer)
        if block is None or block.nbytes < size:
            raise RuntimeError(f'illegal memory access of {size} bytes at {pointer}')
        return block[:size].view(dtype).reshape(shape)

    def enqueue(self, stream: int, work: Work) -> None:
        """Put work into a stream, or into the recording."""
        if self._recording is not None:
            self._recording.append(work)
        else:
            self._streams[stream].append(work)

    def allocate(self, size: int) -> int:
        self.allocations += 1
        self._next += 1 << 30
        # What a GPU holds before it is written is anything but zero.
        self._blocks[self._next] = np.full(size, 0xAB, np.uint8)
        return self._next

    def free(self, pointer: int) -> None:
        del self._blocks[pointer]

    def allocate_host(self, size: int) -> np.ndarray:
        array = np.full(size, 0xCD, np.uint8)
        self._pinned.add(id(array))
        return array

    def free_host(self, array: np.ndarray) -> None:
        self._pinned.remove(id(array))

    def upload(self, pointer: int, array: np.ndarray, stream: int) -> None:
        target = self.read(pointer, array.shape, array.dtype)
        self.enqueue(stream, lambda: np.copyto(target, array))

    def download(self, array: np.ndarray, pointer: int, stream: int) -> None:
        source = self.read(pointer, array.shape, array.dtype)
        self.enqueue(stream, lambda: np.copyto(array, source))

    def create_stream(self) -> int:
        self._next += 1
        self._streams[self._next] = []
        return self._next

    def destroy_stream(self, stream: int) -> None:
        assert not self._streams.pop(stream), 'a stream with work left was destroyed'

    def synchronise(self, stream: int) -> None:
        self.waits += 1
        work, self._streams[stream] = self._streams[stream], []
        for item in work:
            item()

    def capture(self, stream: int, enqueue: Callable[[], None]) -> int:
        if not self._capable:
            raise EngineError('this network cannot be recorded')
        self._recording = []
        try:
            enqueue()
        finally:
            recorded, self._recording = self._recording, None
        self._next += 1
        self._recordings[self._next] = recorded
        return self._next

    def launch(self, graph: int, stream: int) -> None:
        self.launches += 1
        self._streams[stream].extend(self._recordings[graph])

    def free_graph(self, graph: int) -> None:
        del self._recordings[graph]

    def machine(self, tensorrt: str) -> Machine:
        return Machine(self._gpu, '8.7', tensorrt)
