"""One graph on the GPU: bindings, alternating output buffers, pinned staging."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from efficientsam3_ros.core import BundleError
from efficientsam3_ros.core.manifest import Graph
from efficientsam3_ros.engine.graph_io import (
    Leased,
    TensorSpec,
    check_inputs,
    check_names,
)
from efficientsam3_ros.engine.protocol import KEPT_RUNS, EngineError
from efficientsam3_ros.engine.tensorrt.buffers import DeviceBuffer, HostBuffer, Stream
from efficientsam3_ros.engine.tensorrt.cuda_graphs import CudaGraphs
from efficientsam3_ros.engine.tensorrt.profiles import InputRange

if TYPE_CHECKING:
    import tensorrt

DTYPES: dict[str, np.dtype] = {
    'FLOAT': np.dtype(np.float32),
    'HALF': np.dtype(np.float16),
    'INT64': np.dtype(np.int64),
    'INT32': np.dtype(np.int32),
    'INT8': np.dtype(np.int8),
    'UINT8': np.dtype(np.uint8),
    'BOOL': np.dtype(bool),
}
"""TensorRT's element types that numpy has, too."""


@dataclass(frozen=True, eq=False)
class DeviceValue(Leased):
    """A tensor in GPU memory.

    Attributes:
        pointer: Where it starts.
        dtype: Element type.
        shape: Sizes.
    """

    pointer: int
    dtype: np.dtype
    shape: tuple[int, ...]


class _Slot:
    """Buffers of every other run."""

    def __init__(self, stream: Stream, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> None:
        self.staging = {name: HostBuffer(stream.memory) for name in inputs}
        self.inputs = {name: DeviceBuffer(stream.memory) for name in inputs}
        self.outputs = {name: DeviceBuffer(stream.memory) for name in outputs}
        self.uploaded = 0

    def free(self) -> None:
        for group in (self.staging, self.inputs, self.outputs):
            for buffer in group.values():
                buffer.free()


class GraphExecution:
    """Runs one TensorRT engine.

    Args:
        trt: The module ``tensorrt``.
        name: Name of the graph, for messages.
        graph: What the manifest says of it.
        engine: The deserialised engine.
        stream: Shared by all graphs, so that they run one after another without events.

    Raises:
        BundleError: If the engine differs from the manifest, or has an input or output that numpy
            has no type for.
    """

    def __init__(
        self, trt: Any, name: str, graph: Graph, engine: tensorrt.ICudaEngine, stream: Stream
    ) -> None:
        self.name = name
        self.runs = 0
        self._engine = engine
        self._stream = stream
        tensors = [engine.get_tensor_name(index) for index in range(engine.num_io_tensors)]
        given = {t for t in tensors if engine.get_tensor_mode(t) == trt.TensorIOMode.INPUT}
        check_names(name, graph.inputs, given)
        check_names(name, graph.outputs, set(tensors) - given)
        self.inputs, self.outputs = graph.inputs, graph.outputs
        self._dtypes = {tensor: _dtype(name, tensor, engine) for tensor in tensors}
        self._specs = tuple(
            TensorSpec(
                tensor,
                self._dtypes[tensor],
                tuple(n if n >= 0 else None for n in engine.get_tensor_shape(tensor)),
            )
            for tensor in self.inputs
        )
        self._ranges = {
            spec.name: InputRange(*map(tuple, engine.get_tensor_profile_shape(spec.name, 0)))
            for spec in self._specs
            if None in spec.shape
        }
        context: tensorrt.IExecutionContext | None = engine.create_execution_context()
        if context is None:
            raise EngineError(f'Graph "{name}": no memory for its activations; free GPU memory.')
        self._context = context
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._slots = [_Slot(stream, self.inputs, self.outputs) for _ in range(KEPT_RUNS)]
        self._graphs = CudaGraphs(stream.memory, stream.handle)

    def run(self, inputs: Mapping[str, Any]) -> dict[str, DeviceValue]:
        """Start the graph.

        Args:
            inputs: Input name to array or ``DeviceValue``.

        Raises:
            EngineError: If an input does not fit, or TensorRT refuses.
        """
        ready = {name: self._narrowed(name, value) for name, value in inputs.items()}
        given = {name: (value.dtype, tuple(value.shape)) for name, value in ready.items()}
        check_inputs(self.name, self._specs, given)
        self._check_ranges({name: shape for name, (_, shape) in given.items()})
        slot = self._slots[self.runs % KEPT_RUNS]
        # Counted even if this fails: the slot's buffers may be overwritten already.
        self.runs += 1
        self._set_shapes({name: given[name][1] for name in self.inputs})
        addresses = self._upload(slot, ready) | self._reserve_outputs(slot)
        for name, pointer in addresses.items():
            self._must(self._context.set_tensor_address(name, pointer), f'the address of {name}')
        self._graphs.run(tuple(addresses.values()), self._enqueue)
        return {name: self._output(name, addresses[name]) for name in self.outputs}

    def free(self) -> None:
        """Give all memory back; the stream is idle."""
        self._graphs.clear()
        for slot in self._slots:
            slot.free()

    def _narrowed(self, name: str, value: Any) -> Any:
        """Turn int64 arrays into int32 where TensorRT's parser did so with the graph (8.6)."""
        if isinstance(value, DeviceValue):
            return value
        array = np.asarray(value)
        if self._dtypes.get(name) == np.int32 and array.dtype == np.int64:
            limits = np.iinfo(np.int32)
            if array.size and (array.min() < limits.min or array.max() > limits.max):
                raise EngineError(f'Graph "{self.name}", input "{name}": beyond 32 bits.')
            return array.astype(np.int32)
        return array

    def _check_ranges(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        for name, span in self._ranges.items():
            if not span.holds(shapes[name]):
                raise EngineError(
                    f'Graph "{self.name}", input "{name}": the engine was built for shapes '
                    f'{span.minimum} to {span.maximum}, got {shapes[name]}; ask for fewer prompts '
                    'or exemplars, or export the bundle with larger bounds.'
                )

    def _set_shapes(self, shapes: dict[str, tuple[int, ...]]) -> None:
        if shapes == self._shapes:
            return
        # Recorded launches hold the old shapes.
        self._graphs.clear()
        self._shapes = {}
        for name, shape in shapes.items():
            self._must(self._context.set_input_shape(name, shape), f'shape {shape} of {name}')
        self._shapes = shapes

    def _upload(self, slot: _Slot, values: Mapping[str, Any]) -> dict[str, int]:
        """Bring arrays to the device; return where all inputs are."""
        addresses = {}
        if self._stream.pending(slot.uploaded):
            # The copy out of this slot's staging memory may not have run yet.
            self._stream.synchronise()
        for name in self.inputs:
            value = values[name]
            if isinstance(value, DeviceValue):
                addresses[name] = value.pointer
                continue
            staged = slot.staging[name].view(value.shape, value.dtype)
            np.copyto(staged, value)
            slot.inputs[name].reserve(value.nbytes)
            self._stream.memory.upload(slot.inputs[name].pointer, staged, self._stream.handle)
            addresses[name] = slot.inputs[name].pointer
        slot.uploaded = self._stream.mark()
        return addresses

    def _reserve_outputs(self, slot: _Slot) -> dict[str, int]:
        addresses = {}
        for name in self.outputs:
            shape = self._output_shape(name)
            size = int(np.prod(shape, dtype=np.int64)) * self._dtypes[name].itemsize
            slot.outputs[name].reserve(size)
            addresses[name] = slot.outputs[name].pointer
        return addresses

    def _output(self, name: str, pointer: int) -> DeviceValue:
        shape = self._output_shape(name)
        return DeviceValue(self.name, self.runs, pointer, self._dtypes[name], shape)

    def _output_shape(self, name: str) -> tuple[int, ...]:
        shape = tuple(self._context.get_tensor_shape(name))
        if any(size < 0 for size in shape):
            raise EngineError(
                f'Graph "{self.name}": the shape of "{name}" depends on the data, which the '
                'backend "tensorrt" does not serve; export the bundle again.'
            )
        return shape

    def _enqueue(self) -> None:
        self._must(self._context.execute_async_v3(self._stream.handle), 'the launch')

    def _must(self, done: bool, what: str) -> None:
        if not done:
            raise EngineError(
                f'Graph "{self.name}": TensorRT refused {what}; its log above says why. Check '
                'with: efficientsam3 doctor --engine tensorrt'
            )


def _dtype(graph: str, tensor: str, engine: tensorrt.ICudaEngine) -> np.dtype:
    kind = engine.get_tensor_dtype(tensor).name
    if kind not in DTYPES:
        raise BundleError(
            f'Graph "{graph}": "{tensor}" is {kind}, which numpy lacks; export the bundle with '
            'float32 inputs and outputs.'
        )
    return DTYPES[kind]
