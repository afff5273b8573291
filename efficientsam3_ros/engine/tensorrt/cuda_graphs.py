"""Launching a whole network at once: what was enqueued before is recorded and replayed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

from efficientsam3_ros.engine.protocol import EngineError
from efficientsam3_ros.engine.tensorrt.cudart import CudaRuntime

LIMIT = 4
"""Recordings of one network: two output slots times two slots of its inputs."""


class CudaGraphs:
    """Recordings of one network, by the addresses that it reads and writes.

    The first run with a key goes kernel by kernel, as TensorRT demands after a change of shapes.
    The second is recorded. A network that cannot be recorded runs kernel by kernel for ever.

    Args:
        memory: Records and launches.
        stream: Where the network runs.
    """

    def __init__(self, memory: CudaRuntime, stream: int) -> None:
        self._memory = memory
        self._stream = stream
        self._recorded: OrderedDict[Hashable, int] = OrderedDict()
        self._seen: set[Hashable] = set()
        self.possible = True

    def __len__(self) -> int:
        return len(self._recorded)

    def run(self, key: Hashable, enqueue: Callable[[], None]) -> None:
        """Run the network, recorded if possible.

        Args:
            key: Addresses of all tensors; shapes are the same until ``clear``.
            enqueue: Puts the network into the stream.
        """
        if key in self._recorded:
            self._recorded.move_to_end(key)
            self._memory.launch(self._recorded[key], self._stream)
            return
        if key not in self._seen or not self.possible:
            enqueue()
            # Callers whose addresses never repeat must not fill the memory.
            if len(self._seen) >= 4 * LIMIT:
                self._seen.clear()
            self._seen.add(key)
            return
        try:
            graph = self._memory.capture(self._stream, enqueue)
        except EngineError:
            self.possible = False
            enqueue()
            return
        self._recorded[key] = graph
        if len(self._recorded) > LIMIT:
            self._memory.free_graph(self._recorded.popitem(last=False)[1])
        self._memory.launch(graph, self._stream)

    def clear(self) -> None:
        """Forget all recordings, because shapes or addresses changed."""
        for graph in self._recorded.values():
            self._memory.free_graph(graph)
        self._recorded.clear()
        self._seen.clear()
