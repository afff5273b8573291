"""Graphs on ONNX Runtime: the CPU by default, CUDA or TensorRT on request."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from efficientsam3_ros.core import BundleError, Manifest
from efficientsam3_ros.engine.protocol import EngineError, Value

PROVIDERS = {
    'onnxruntime': 'CPUExecutionProvider',
    'onnxruntime-cuda': 'CUDAExecutionProvider',
    'onnxruntime-tensorrt': 'TensorrtExecutionProvider',
}
DTYPES = {
    'tensor(float)': np.dtype(np.float32),
    'tensor(float16)': np.dtype(np.float16),
    'tensor(int64)': np.dtype(np.int64),
    'tensor(int32)': np.dtype(np.int32),
    'tensor(bool)': np.dtype(bool),
}


def installed_providers() -> tuple[str, ...]:
    """Return ONNX Runtime's providers on this machine."""
    return tuple(_import_onnxruntime().get_available_providers())


class OnnxRuntimeEngine:
    """``Engine`` on ONNX Runtime.

    Values are host arrays: between graphs they are handed on without a copy on the CPU.

    Args:
        folder: The bundle.
        manifest: Its manifest.
        backend: Key of ``PROVIDERS``; the CPU serves operators that a GPU provider lacks.
        threads: CPU threads of one graph; 0 takes all cores.

    Raises:
        EngineError: If ONNX Runtime or the provider is not installed.
        BundleError: If a graph's file is no valid ONNX model, or differs from the manifest.
    """

    def __init__(
        self, folder: Path, manifest: Manifest, backend: str = 'onnxruntime', threads: int = 0
    ) -> None:
        runtime = _import_onnxruntime()
        provider = PROVIDERS[backend]
        if provider not in runtime.get_available_providers():
            raise EngineError(
                f'This onnxruntime has no {provider}; install onnxruntime-gpu, or use the '
                'backend "onnxruntime".'
            )
        self._manifest = manifest
        providers = list(dict.fromkeys((provider, PROVIDERS['onnxruntime'])))
        options = _session_options(runtime, threads)
        self._sessions = {
            name: _open(runtime, Path(folder) / graph.file, options, providers)
            for name, graph in manifest.graphs.items()
        }
        for name, graph in manifest.graphs.items():
            _check_names(name, graph.inputs, self._sessions[name].get_inputs())
            _check_names(name, graph.outputs, self._sessions[name].get_outputs())

    @property
    def manifest(self) -> Manifest:
        """Description of the loaded bundle."""
        return self._manifest

    def run(self, graph: str, inputs: Mapping[str, Value]) -> dict[str, Value]:
        """Run one graph; see ``Engine.run``."""
        session = self._sessions.get(graph)
        if session is None:
            raise EngineError(
                f'Bundle "{self._manifest.name}" has no graph "{graph}" (or the engine is '
                f'closed); it has {", ".join(self._sessions) or "none"}.'
            )
        _check_inputs(graph, inputs, session.get_inputs())
        names = self._manifest.graphs[graph].outputs
        try:
            return dict(zip(names, session.run(list(names), dict(inputs))))
        except Exception as error:  # ONNX Runtime has no public base class of its errors
            raise EngineError(f'Graph "{graph}" failed: {error}') from error

    def to_numpy(self, value: Value) -> np.ndarray:
        """Return the value as an array."""
        return np.asarray(value)

    def close(self) -> None:
        """Free the sessions."""
        self._sessions.clear()


def _import_onnxruntime() -> ModuleType:
    try:
        import onnxruntime
    except ImportError as error:
        raise EngineError(
            f'ONNX Runtime cannot be imported ({error}). Install it for this interpreter: '
            'pip install onnxruntime'
        ) from error
    runtime: ModuleType = onnxruntime
    return runtime


def _session_options(runtime: ModuleType, threads: int) -> Any:
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Idle threads that spin would burn an embedded CPU between two frames.
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    options.log_severity_level = 3
    return options


def _open(runtime: ModuleType, path: Path, options: Any, providers: list[str]) -> Any:
    try:
        return runtime.InferenceSession(str(path), options, providers=providers)
    except Exception as error:  # ONNX Runtime has no public base class of its errors
        raise BundleError(
            f'{path} cannot be loaded by ONNX Runtime ({error}); export the bundle again or '
            'update onnxruntime.'
        ) from error


def _check_names(graph: str, expected: tuple[str, ...], arguments: list[Any]) -> None:
    found = {argument.name for argument in arguments}
    if found != set(expected):
        raise BundleError(
            f'Graph "{graph}" has {sorted(found)}, the manifest says {sorted(expected)}; '
            'export the bundle again.'
        )


def _check_inputs(graph: str, inputs: Mapping[str, Value], arguments: list[Any]) -> None:
    expected = {argument.name for argument in arguments}
    if set(inputs) != expected:
        raise EngineError(f'Graph "{graph}" takes {sorted(expected)}, got {sorted(inputs)}.')
    for argument in arguments:
        value = np.asarray(inputs[argument.name])
        shape = argument.shape
        fits = len(shape) == value.ndim and all(
            not isinstance(want, int) or want == got for want, got in zip(shape, value.shape)
        )
        dtype = DTYPES.get(argument.type)
        if not fits or (dtype is not None and dtype != value.dtype):
            raise EngineError(
                f'Graph "{graph}", input "{argument.name}": expected {argument.type} '
                f'{tuple(shape)}, got {value.dtype} {value.shape}.'
            )
