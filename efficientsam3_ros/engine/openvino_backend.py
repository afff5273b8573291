"""Graphs on OpenVINO: Intel and AMD CPUs, Intel GPUs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from efficientsam3_ros.core import BundleError, Manifest
from efficientsam3_ros.engine.graph_io import (
    Leased,
    LeasingGraphs,
    TensorSpec,
    check_inputs,
    check_names,
)
from efficientsam3_ros.engine.openvino_core import import_openvino, new_core, read_graph
from efficientsam3_ros.engine.options import EngineOptions
from efficientsam3_ros.engine.protocol import KEPT_RUNS, EngineError, Value

DEVICES = {'openvino': 'CPU', 'openvino-gpu': 'GPU'}
# int8 graphs bring their quantisation; the rest of them computes in float.
PRECISION_HINTS = {'fp32': 'f32', 'fp16': 'f16', 'bf16': 'bf16', 'int8': 'f32'}


@dataclass(frozen=True, eq=False)
class OpenVinoValue(Leased):
    """A tensor of an inference request.

    Attributes:
        tensor: ``openvino.Tensor``, memory of the request.
    """

    tensor: Any


class OpenVinoEngine(LeasingGraphs):
    """``Engine`` on OpenVINO.

    Every graph has two inference requests that take turns. Their output tensors are set as inputs
    of the next graph as they are.

    Args:
        folder: The bundle.
        manifest: Its manifest.
        backend: Key of ``DEVICES``.
        options: Threads, precision, GPU and cache folder.

    Raises:
        EngineError: If OpenVINO or the device is not there.
        BundleError: If a graph's file cannot be read, or differs from the manifest.
    """

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        backend: str = 'openvino',
        options: EngineOptions | None = None,
    ) -> None:
        super().__init__(manifest)
        core = require(backend)
        options = options or EngineOptions()
        device = DEVICES[backend]
        if device == 'GPU' and options.device:
            device = f'GPU.{options.device}'
        settings = _settings(options, device)
        for name, graph in manifest.graphs.items():
            model = read_graph(core, Path(folder), graph)
            check_names(name, graph.inputs, (port.get_any_name() for port in model.inputs))
            check_names(name, graph.outputs, (port.get_any_name() for port in model.outputs))
            try:
                compiled = core.compile_model(model, device, settings)
            except RuntimeError as error:
                raise BundleError(
                    f'{graph.file} cannot be compiled for {device} by OpenVINO ({error}); '
                    'update openvino or export the bundle again.'
                ) from error
            self._graphs[name] = _Graph(name, compiled, graph.outputs)

    def _copy(self, value: OpenVinoValue) -> np.ndarray:
        return np.array(value.tensor.data)


open_engine = OpenVinoEngine


class _Graph:
    """One compiled graph with its requests."""

    def __init__(self, name: str, compiled: Any, outputs: tuple[str, ...]) -> None:
        self._runtime = import_openvino()
        self._name = name
        self._outputs = outputs
        self._specs = tuple(_spec(port) for port in compiled.inputs)
        self._requests = [compiled.create_infer_request() for _ in range(KEPT_RUNS)]
        self.runs = 0

    def run(self, inputs: Mapping[str, Value]) -> dict[str, OpenVinoValue]:
        tensors = {
            name: value.tensor if isinstance(value, OpenVinoValue) else np.asarray(value)
            for name, value in inputs.items()
        }
        given = {name: _describe(value) for name, value in tensors.items()}
        check_inputs(self._name, self._specs, given)
        request = self._requests[self.runs % KEPT_RUNS]
        self.runs += 1
        try:
            for name, value in tensors.items():
                request.set_tensor(name, self._wrap(value))
            request.infer()
        except RuntimeError as error:
            raise EngineError(f'Graph "{self._name}" failed: {error}') from error
        return {
            name: OpenVinoValue(self._name, self.runs, request.get_tensor(name))
            for name in self._outputs
        }

    def _wrap(self, value: Any) -> Any:
        """Make a tensor of an array without a copy; ``infer`` is over before the array changes."""
        if isinstance(value, np.ndarray):
            return self._runtime.Tensor(np.ascontiguousarray(value), shared_memory=True)
        return value


def require(backend: str) -> Any:
    """Return an ``openvino.Core``.

    Args:
        backend: Key of ``DEVICES``.

    Raises:
        EngineError: If OpenVINO cannot be imported, or sees no such device.
    """
    core = new_core()
    found = list(core.available_devices)
    if not any(name.split('.')[0] == DEVICES[backend] for name in found):
        raise EngineError(
            f'OpenVINO sees no {DEVICES[backend]} here, only {", ".join(found) or "nothing"}; '
            'install the GPU\'s compute driver (intel-opencl-icd), or use the backend "openvino".'
        )
    return core


def _settings(options: EngineOptions, device: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        'PERFORMANCE_HINT': 'LATENCY',
        # Unless told, OpenVINO takes bfloat16 on CPUs that are fast in it.
        'INFERENCE_PRECISION_HINT': PRECISION_HINTS[options.precision],
    }
    if device == 'CPU':
        # A thread tied to a core waits for it where others work there.
        found['ENABLE_CPU_PINNING'] = False
    if options.threads and device == 'CPU':
        found['INFERENCE_NUM_THREADS'] = options.threads
    if options.cache_folder or device != 'CPU':
        found['CACHE_DIR'] = str(options.cache() / 'openvino')
    return found


def _spec(port: Any) -> TensorSpec:
    shape = tuple(
        None if dimension.is_dynamic else dimension.get_length()
        for dimension in port.get_partial_shape()
    )
    return TensorSpec(port.get_any_name(), np.dtype(port.get_element_type().to_dtype()), shape)


def _describe(value: Any) -> tuple[np.dtype, tuple[int, ...]]:
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape
    return np.dtype(value.element_type.to_dtype()), tuple(value.shape)
