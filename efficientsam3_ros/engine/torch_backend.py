"""Graphs as torch modules: the reference that the other backends are compared with.

The only file below ``cli`` outside ``model`` that imports torch, and only when it is used. It does
not know the network: modules are handed in, or read as programs of ``torch.export``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from efficientsam3_ros.core import BundleError, Manifest
from efficientsam3_ros.engine.graph_io import LoadedGraphs, TensorSpec, check_inputs
from efficientsam3_ros.engine.options import EngineOptions
from efficientsam3_ros.engine.protocol import EngineError, Value
from efficientsam3_ros.engine.tensorrt.cudart import CudaRuntime

if TYPE_CHECKING:
    import torch

DEVICES = {'torch': 'cpu', 'torch-cuda': 'cuda'}
SOURCE_TAG = 'source_sha256'
Module = Callable[..., Any]
"""Takes a graph's inputs in the order of the manifest; returns one tensor, or a tuple of them in
the order of the manifest's outputs."""


class TorchEngine(LoadedGraphs):
    """``Engine`` that calls torch modules without gradients.

    Values are tensors on the device and live as long as somebody holds them.

    Args:
        manifest: Describes the modules' inputs and outputs.
        modules: Graph name to module, in evaluation mode and on the device.
        device: ``cpu``, ``cuda`` or ``cuda:1``.
        specs: What the graphs take; where absent, torch's own messages must do.
        precision: ``fp16`` and ``bf16`` compute under autocast.

    Raises:
        EngineError: If torch or the device is not there.
        BundleError: If a graph of the manifest has no module.
    """

    def __init__(
        self,
        manifest: Manifest,
        modules: Mapping[str, Module],
        device: str = 'cpu',
        specs: Mapping[str, Sequence[TensorSpec]] | None = None,
        precision: str = 'fp32',
    ) -> None:
        super().__init__(manifest)
        self._torch = _import_torch()
        if device.startswith('cuda') and not self._torch.cuda.is_available():
            raise EngineError(
                'torch sees no CUDA device; install the CUDA build of torch and the driver, or '
                'use the backend "torch".'
            )
        missing = [name for name in manifest.graphs if name not in modules]
        if missing:
            raise BundleError(f'No torch module is given for {", ".join(missing)}.')
        if precision == 'int8':
            raise EngineError('The backend "torch" has no int8; use fp32, fp16 or bf16.')
        self._graphs = dict(modules)
        self._device = device
        self._specs = dict(specs or {})
        halves = {'fp16': self._torch.float16, 'bf16': self._torch.bfloat16}
        self._half = halves.get(precision)

    def run(self, graph: str, inputs: Mapping[str, Value]) -> dict[str, Value]:
        """Run one module; see ``Engine.run``."""
        module = self._graph(graph)
        entry = self.manifest.graphs[graph]
        given = {name: self._describe(value) for name, value in inputs.items()}
        anything = [
            TensorSpec(n, None, (None,) * len(given.get(n, (0, ()))[1])) for n in entry.inputs
        ]
        check_inputs(graph, self._specs.get(graph, anything), given)
        try:
            found = self._call(module, [inputs[name] for name in entry.inputs])
        except Exception as error:  # modules raise what they like
            shapes = ', '.join(f'{name} {dtype} {shape}' for name, (dtype, shape) in given.items())
            raise EngineError(f'Graph "{graph}" failed with {shapes}: {error}') from error
        return dict(zip(entry.outputs, found))

    def to_numpy(self, value: Value) -> np.ndarray:
        """Return the value in host memory; arrays pass."""
        if isinstance(value, self._torch.Tensor):
            return np.asarray(value.numpy(force=True))
        return np.asarray(value)

    def _call(self, module: Module, inputs: list[Value]) -> Sequence[Value]:
        torch = self._torch
        # torch.tensor copies: an output may be a view of its input, which the caller may change.
        tensors = [
            value if isinstance(value, torch.Tensor) else torch.tensor(value, device=self._device)
            for value in inputs
        ]
        kind = self._device.partition(':')[0]
        with torch.inference_mode(), torch.autocast(kind, self._half, self._half is not None):
            found = module(*tensors)
        values = [found] if isinstance(found, torch.Tensor) else list(found)
        # Half precision stays inside: callers read float32 whatever the backend.
        return [v.float() if v.dtype in (torch.float16, torch.bfloat16) else v for v in values]

    def _describe(self, value: Value) -> tuple[np.dtype, tuple[int, ...]]:
        if isinstance(value, self._torch.Tensor):
            return np.dtype(str(value.dtype).removeprefix('torch.')), tuple(value.shape)
        array = np.asarray(value)
        return array.dtype, array.shape


def open_engine(
    folder: Path, manifest: Manifest, backend: str, options: EngineOptions
) -> TorchEngine:
    """Return an engine for a bundle that also holds ``<graph>.pt2`` programs.

    The programs are not covered by the manifest's checksums: load only what you exported.

    Args:
        folder: The bundle.
        manifest: Its manifest.
        backend: Key of ``DEVICES``.
        options: Precision, threads and GPU.

    Raises:
        BundleError: If a program is missing, damaged or of another export.
        EngineError: If torch or the device is not there.
    """
    torch = _import_torch()
    device = DEVICES[backend]
    if device == 'cuda':
        device = f'cuda:{options.device}'
    if options.threads:
        torch.set_num_threads(options.threads)
    programs = {
        name: _load_program(torch, folder / f'{name}.pt2', graph.sha256)
        for name, graph in manifest.graphs.items()
    }
    specs = {
        name: _program_specs(program, manifest.graphs[name].inputs)
        for name, program in programs.items()
    }
    modules = {name: program.module().to(device) for name, program in programs.items()}
    return TorchEngine(manifest, modules, device, specs, options.precision)


def require(backend: str) -> None:
    """Look for the GPU.

    Raises:
        EngineError: If the backend needs one and there is none.
    """
    if DEVICES[backend] == 'cuda':
        # Importing torch only to look takes seconds; the driver's library tells enough.
        CudaRuntime()


def save_program(
    program: torch.export.ExportedProgram, folder: Path, graph: str, sha256: str
) -> None:
    """Write a program beside a bundle's graph.

    Args:
        program: The exported module, inputs in the order of the manifest.
        folder: The bundle.
        graph: Name of the graph.
        sha256: Checksum of the ONNX file of the same export.
    """
    import torch

    torch.export.save(program, folder / f'{graph}.pt2', extra_files={SOURCE_TAG: sha256})


def _import_torch() -> Any:
    try:
        import torch
    except ImportError as error:
        raise EngineError(
            f'torch cannot be imported ({error}); pip install torch, or use the backend '
            '"onnxruntime".'
        ) from error
    return torch


def _load_program(torch: Any, path: Path, sha256: str) -> Any:
    if not path.is_file():
        raise BundleError(
            f'{path} is missing: the backend "torch" runs programs of torch.export; write them '
            'with engine.torch_backend.save_program, or use the backend "onnxruntime".'
        )
    extra = {SOURCE_TAG: ''}
    try:
        program = torch.export.load(path, extra_files=extra)
    except Exception as error:  # zip, json and pickle errors alike
        raise BundleError(
            f'{path} cannot be loaded by torch ({error}); export the bundle again with this '
            'version of torch.'
        ) from error
    if extra[SOURCE_TAG] != sha256:
        raise BundleError(f'{path} belongs to another export; export the bundle again.')
    return program


def _program_specs(program: Any, names: Sequence[str]) -> tuple[TensorSpec, ...]:
    """Read what a program takes from its placeholders; sizes that are symbols are free."""
    wanted = set(program.graph_signature.user_inputs)
    values = [node.meta['val'] for node in program.graph.nodes if node.name in wanted]
    return tuple(
        TensorSpec(
            name,
            np.dtype(str(value.dtype).removeprefix('torch.')),
            tuple(size if isinstance(size, int) else None for size in value.shape),
        )
        for name, value in zip(names, values)
    )
