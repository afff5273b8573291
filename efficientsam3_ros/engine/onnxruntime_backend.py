"""Graphs on ONNX Runtime: the CPU by default, CUDA or TensorRT on request."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from efficientsam3_ros.core import BundleError, Manifest
from efficientsam3_ros.engine.graph_io import LoadedGraphs, TensorSpec, check_inputs, check_names
from efficientsam3_ros.engine.onnxruntime_providers import PROVIDERS, device_of, provider_list
from efficientsam3_ros.engine.options import EngineOptions
from efficientsam3_ros.engine.protocol import EngineError, Value

DTYPES: dict[str, np.dtype] = {
    'tensor(float)': np.dtype(np.float32),
    'tensor(float16)': np.dtype(np.float16),
    'tensor(int64)': np.dtype(np.int64),
    'tensor(int32)': np.dtype(np.int32),
    'tensor(bool)': np.dtype(bool),
}


class OnnxRuntimeEngine(LoadedGraphs):
    """``Engine`` on ONNX Runtime.

    On the CPU values are numpy arrays. With a GPU provider they are ``OrtValue`` in device memory,
    bound as inputs of the next graph without a copy. Both own their memory: they live as long as
    somebody holds them.

    Args:
        folder: The bundle.
        manifest: Its manifest.
        backend: Key of ``PROVIDERS``; the CPU serves operators that a GPU provider lacks.
        options: Threads, precision, GPU and cache folder.

    Raises:
        EngineError: If ONNX Runtime or the provider is not installed, or lacks the precision.
        BundleError: If a graph's file is no valid ONNX model, or differs from the manifest.
    """

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        backend: str = 'onnxruntime',
        options: EngineOptions | None = None,
    ) -> None:
        super().__init__(manifest)
        self._runtime = require(backend)
        options = options or EngineOptions()
        self._device = device_of(backend)
        self._device_index = options.device
        providers = provider_list(backend, options, self._runtime.__version__)
        settings = session_options(self._runtime, options)
        self._graphs = {
            name: _open(self._runtime, Path(folder) / graph.file, settings, providers)
            for name, graph in manifest.graphs.items()
        }
        self._specs = {name: _specs(session) for name, session in self._graphs.items()}
        for name, graph in manifest.graphs.items():
            check_names(name, graph.inputs, (spec.name for spec in self._specs[name]))
            outputs = (output.name for output in self._graphs[name].get_outputs())
            check_names(name, graph.outputs, outputs)

    def input_specs(self, graph: str) -> tuple[TensorSpec, ...]:
        """Return what a graph takes, in the graph's order."""
        return self._specs[graph]

    def run(self, graph: str, inputs: Mapping[str, Value]) -> dict[str, Value]:
        """Run one graph; see ``Engine.run``."""
        session = self._graph(graph)
        given = {name: self._describe(value) for name, value in inputs.items()}
        check_inputs(graph, self._specs[graph], given)
        names = self.manifest.graphs[graph].outputs
        try:
            if self._device == 'cpu':
                return dict(zip(names, session.run(list(names), dict(inputs))))
            return dict(zip(names, self._run_bound(session, inputs, names)))
        except Exception as error:  # ONNX Runtime has no public base class of its errors
            raise EngineError(f'Graph "{graph}" failed: {error}') from error

    def to_numpy(self, value: Value) -> np.ndarray:
        """Return the value as an array in host memory."""
        if isinstance(value, self._runtime.OrtValue):
            return np.asarray(value.numpy())
        return np.asarray(value)

    def _run_bound(
        self, session: Any, inputs: Mapping[str, Value], outputs: tuple[str, ...]
    ) -> list[Value]:
        """Run with inputs and outputs where the provider computes."""
        binding = session.io_binding()
        for name, value in inputs.items():
            if isinstance(value, self._runtime.OrtValue):
                binding.bind_ortvalue_input(name, value)
            else:
                binding.bind_cpu_input(name, np.ascontiguousarray(value))
        for name in outputs:
            binding.bind_output(name, self._device, self._device_index)
        session.run_with_iobinding(binding)
        return list(binding.get_outputs())

    def _describe(self, value: Value) -> tuple[np.dtype, tuple[int, ...]]:
        if isinstance(value, self._runtime.OrtValue):
            return DTYPES[value.data_type()], tuple(value.shape())
        array = np.asarray(value)
        return array.dtype, array.shape


open_engine = OnnxRuntimeEngine


def require(backend: str) -> ModuleType:
    """Return the module ``onnxruntime``.

    Args:
        backend: Key of ``PROVIDERS``.

    Raises:
        EngineError: If it cannot be imported, or lacks the backend's provider.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise EngineError(
            f'ONNX Runtime cannot be imported ({error}). Install it for this interpreter: '
            'pip install onnxruntime'
        ) from error
    if PROVIDERS[backend] not in onnxruntime.get_available_providers():
        raise EngineError(
            f'This onnxruntime has no {PROVIDERS[backend]}; install onnxruntime-gpu, or use the '
            'backend "onnxruntime".'
        )
    runtime: ModuleType = onnxruntime
    return runtime


def session_options(runtime: ModuleType, options: EngineOptions | None = None) -> Any:
    """Return a session's settings: the threads of our options, errors only as exceptions."""
    options = options or EngineOptions()
    found = runtime.SessionOptions()
    # Never 0: ONNX Runtime would tie each thread to a core, and wait for the one that is busy.
    found.intra_op_num_threads = options.thread_count()
    found.inter_op_num_threads = 1
    found.add_session_config_entry('session.intra_op.allow_spinning', str(int(options.spin)))
    # Between two frames nothing spins.
    found.add_session_config_entry('session.force_spinning_stop', '1')
    # Fatal only: failures are raised with the same text.
    found.log_severity_level = 4
    return found


def _open(runtime: ModuleType, path: Path, options: Any, providers: list[Any]) -> Any:
    try:
        return runtime.InferenceSession(str(path), options, providers=providers)
    except Exception as error:  # ONNX Runtime has no public base class of its errors
        raise BundleError(
            f'{path} cannot be loaded by ONNX Runtime ({error}); export the bundle again or '
            'update onnxruntime.'
        ) from error


def _specs(session: Any) -> tuple[TensorSpec, ...]:
    return tuple(
        TensorSpec(argument.name, DTYPES.get(argument.type), tuple(argument.shape))
        for argument in session.get_inputs()
    )
