"""``Engine`` on TensorRT."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.core.manifest import file_sha256
from efficientsam3_ros.core.pictures import prepared_pictures
from efficientsam3_ros.engine.graph_io import absent_graph, check_names
from efficientsam3_ros.engine.options import EngineOptions
from efficientsam3_ros.engine.protocol import EngineError, Value
from efficientsam3_ros.engine.tensorrt.buffers import DeviceMemory, HostBuffer
from efficientsam3_ros.engine.tensorrt.builder import BuildRequest, NetworkBuilder
from efficientsam3_ros.engine.tensorrt.calibrator import (
    Batch,
    calibration_file,
    make_calibrator,
)
from efficientsam3_ros.engine.tensorrt.execution import DeviceValue, GraphExecution
from efficientsam3_ros.engine.tensorrt.plan_cache import Machine, PlanCache, PlanKey
from efficientsam3_ros.engine.tensorrt.profiles import bounds_of, plan_profile
from efficientsam3_ros.engine.tensorrt.stream import Stream

if TYPE_CHECKING:
    import tensorrt


_QUANTIZED_GRAPH = 'image_encoder'
"""The graph that int8 is for; the others stay as they were exported, unless calibrated too."""


class TensorRtEngine:
    """``Engine`` whose values stay in GPU memory.

    The first load builds an engine for every graph, which takes minutes; later loads read them
    from the cache folder.

    Args:
        folder: The bundle.
        manifest: Its manifest.
        options: Precision, GPU, cache folder and pictures for int8.
        trt: The module ``tensorrt``, imported where None.
        memory: CUDA, loaded where None.

    Raises:
        EngineError: If TensorRT, CUDA or the GPU is not there, or the build fails.
        BundleError: If a graph cannot be read, or differs from the manifest.
    """

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        options: EngineOptions | None = None,
        trt: Any | None = None,
        memory: DeviceMemory | None = None,
    ) -> None:
        options = options or EngineOptions()
        self._trt = trt or import_tensorrt()
        self._memory = memory or _cuda(options.device)
        self._logger = self._trt.Logger(self._trt.Logger.WARNING)
        self._runtime: tensorrt.Runtime = self._trt.Runtime(self._logger)
        self._manifest = manifest
        self._precision = kernel_precision(options.precision, manifest.precision)
        self._pictures = options.calibration
        self._bounds = bounds_of(manifest)
        self._machine: Machine = self._memory.machine(self._trt.__version__)
        self._cache = PlanCache(options.cache() / 'tensorrt')
        self._stream = Stream(self._memory)
        self._landing = HostBuffer(self._memory)
        self._graphs: dict[str, GraphExecution] = {}
        try:
            for name in manifest.graphs:
                self._graphs[name] = self._load(Path(folder), name)
        except BaseException:
            self.close()
            raise

    @property
    def manifest(self) -> Manifest:
        """Description of the loaded bundle."""
        return self._manifest

    def run(self, graph: str, inputs: Mapping[str, Value]) -> dict[str, Value]:
        """Run one graph; see ``Engine.run``."""
        found = self._graphs.get(graph)
        if found is None:
            raise absent_graph(self._manifest, graph, self._graphs)
        for value in inputs.values():
            self._check_age(value)
        outputs = found.run(inputs)
        return {name: outputs[name] for name in self._manifest.graphs[graph].outputs}

    def to_numpy(self, value: Value) -> np.ndarray:
        """Return a copy of the value in host memory; arrays pass."""
        if not isinstance(value, DeviceValue):
            return np.asarray(value)
        self._check_age(value)
        landed = self._landing.view(value.shape, value.dtype)
        self._memory.download(landed, value.pointer, self._stream.handle)
        self._stream.synchronise()
        return landed.copy()

    def close(self) -> None:
        """Free all GPU memory."""
        if self._stream is None:
            return
        self._stream.synchronise()
        for graph in self._graphs.values():
            graph.free()
        self._graphs.clear()
        self._landing.free()
        self._stream.close()
        self._stream = None  # type: ignore[assignment]

    def _check_age(self, value: Value) -> None:
        if not isinstance(value, DeviceValue):
            return
        owner = self._graphs.get(value.lease.graph)
        if owner is None:
            raise absent_graph(self._manifest, value.lease.graph, self._graphs)
        value.lease.check(owner.runs)

    def _load(self, folder: Path, name: str) -> GraphExecution:
        graph = self._manifest.graphs[name]
        engine = self._engine(folder, name)
        execution = GraphExecution(self._trt, name, engine, self._stream)
        check_names(name, graph.inputs, execution.inputs)
        check_names(name, graph.outputs, execution.outputs)
        return execution

    def _engine(self, folder: Path, name: str) -> tensorrt.ICudaEngine:
        """Return the engine from the cache, or build it."""
        calibration = calibration_file(folder, name)
        key = self._key(name, calibration)
        plan = self._cache.plan(key)
        engine = self._runtime.deserialize_cuda_engine(plan) if plan else None
        if engine is not None:
            return engine
        self._cache.discard_plan(key)
        plan = self._build(name, folder / self._manifest.graphs[name].file, calibration)
        # The build may have measured a calibration, which the next start will find.
        self._cache.store_plan(self._key(name, calibration), plan)
        engine = self._runtime.deserialize_cuda_engine(plan)
        if engine is None:
            raise EngineError(
                f'TensorRT cannot load the engine that it just built for "{name}"; free GPU '
                'memory and try again.'
            )
        return engine

    def _key(self, name: str, calibration: Path) -> PlanKey:
        return PlanKey(
            graph=name,
            sha256=self._manifest.graphs[name].sha256,
            machine=self._machine,
            precision=self._precision,
            bounds=self._bounds,
            calibration=file_sha256(calibration) if calibration.is_file() else '',
        )

    def _build(self, name: str, path: Path, calibration: Path) -> bytes:
        keep_types = self._precision == self._manifest.precision == 'fp16'
        network = NetworkBuilder(self._trt, self._logger, path, keep_types)
        profile = plan_profile(network.inputs(), self._bounds)
        precision, calibrator = self._precision, None
        if precision == 'int8' and not network.is_quantized():
            calibrator = self._calibrator(name, calibration)
            if calibrator is None and name != _QUANTIZED_GRAPH:
                # As an export in int8 leaves the other graphs.
                precision = 'fp32'
        try:
            built = network.build(
                BuildRequest(precision, profile),
                self._cache.timing(self._machine),
                calibrator,
            )
        finally:
            if calibrator is not None:
                calibrator.free()
        if built.timing:
            self._cache.store_timing(self._machine, built.timing)
        return built.plan

    def _calibrator(self, name: str, calibration: Path) -> Any | None:
        """Return what gives the ranges of a graph: a cache, or pictures for the image encoder."""
        measured = calibration.is_file()
        if not measured and (self._pictures is None or name != _QUANTIZED_GRAPH):
            return None
        batches: Iterable[Batch] = ()
        if self._pictures is not None and not measured:
            pictures = prepared_pictures(self._pictures, self._manifest.preprocess)
            batches = ({'image': picture} for picture in pictures)
        return make_calibrator(self._trt, self._memory, batches, calibration)


def kernel_precision(asked: str, exported: str) -> str:
    """Return the arithmetic of the kernels: ``fp32`` asks for the graph as it was exported."""
    return exported if asked == 'fp32' else asked


def import_tensorrt() -> Any:
    """Return the module ``tensorrt``.

    Raises:
        EngineError: If it cannot be imported, or is older than 8.6.
    """
    try:
        import tensorrt
    except Exception as error:  # missing libraries surface as ImportError, OSError or RuntimeError
        raise EngineError(
            f'TensorRT cannot be imported ({error}). On a Jetson: sudo apt install '
            'python3-libnvinfer (JetPack brings it); elsewhere: pip install tensorrt'
        ) from error
    numbers = tuple(int(part) for part in tensorrt.__version__.split('.')[:2])
    if numbers < (8, 6):
        raise EngineError(
            f'TensorRT {tensorrt.__version__} is too old; 8.6 (JetPack 6) or later is needed.'
        )
    return tensorrt


def _cuda(device: int) -> DeviceMemory:
    from efficientsam3_ros.engine.tensorrt.cudart import CudaRuntime

    return CudaRuntime(device)
