"""``Engine`` on TensorRT."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.core.manifest import file_sha256
from efficientsam3_ros.engine.graph_io import LeasingGraphs
from efficientsam3_ros.engine.options import EngineOptions
from efficientsam3_ros.engine.protocol import EngineError
from efficientsam3_ros.engine.tensorrt.buffers import HostBuffer, Stream
from efficientsam3_ros.engine.tensorrt.builder import NetworkBuilder
from efficientsam3_ros.engine.tensorrt.calibrator import (
    Batch,
    calibration_file,
    make_calibrator,
)
from efficientsam3_ros.engine.tensorrt.cudart import CudaRuntime
from efficientsam3_ros.engine.tensorrt.execution import DeviceValue, GraphExecution
from efficientsam3_ros.engine.tensorrt.plan_cache import Machine, PlanCache, PlanKey
from efficientsam3_ros.engine.tensorrt.profiles import bounds_of, plan_profile
from efficientsam3_ros.media.calibration import prepared_pictures

if TYPE_CHECKING:
    import tensorrt


_QUANTIZED_GRAPH = 'image_encoder'
"""The graph that int8 is for; the others stay as they were exported, unless calibrated too."""


class TensorRtEngine(LeasingGraphs):
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
        memory: CudaRuntime | None = None,
    ) -> None:
        super().__init__(manifest)
        options = options or EngineOptions()
        self._trt = trt or import_tensorrt()
        self._memory = memory or CudaRuntime(options.device)
        self._logger = self._trt.Logger(self._trt.Logger.WARNING)
        # RoiAlign, with which exemplar boxes are read, is a plugin of TensorRT's own.
        self._trt.init_libnvinfer_plugins(self._logger, '')
        self._runtime: tensorrt.Runtime = self._trt.Runtime(self._logger)
        # fp32 asks for the graph as it was exported.
        asked = options.precision
        self._precision = manifest.precision if asked == 'fp32' else asked
        self._pictures = options.calibration
        self._bounds = bounds_of(manifest)
        self._machine: Machine = self._memory.machine(self._trt.__version__)
        self._cache = PlanCache(options.cache() / 'tensorrt')
        self._stream = Stream(self._memory)
        self._landing = HostBuffer(self._memory)
        try:
            for name, graph in manifest.graphs.items():
                engine = self._engine(Path(folder), name)
                self._graphs[name] = GraphExecution(self._trt, name, graph, engine, self._stream)
        except BaseException:
            self.close()
            raise

    def _copy(self, value: DeviceValue) -> np.ndarray:
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
        super().close()
        self._landing.free()
        self._stream.close()
        self._stream = None  # type: ignore[assignment]

    def _engine(self, folder: Path, name: str) -> tensorrt.ICudaEngine:
        """Return the engine from the cache, or build it."""
        calibration = calibration_file(folder, name)
        key = self._key(name, calibration)
        plan = self._cache.read(key)
        engine = self._runtime.deserialize_cuda_engine(plan) if plan else None
        if engine is not None:
            return engine
        self._cache.discard(key)
        plan = self._build(name, folder / self.manifest.graphs[name].file, calibration)
        # The build may have measured a calibration, which the next start will find.
        self._cache.store(self._key(name, calibration), plan)
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
            sha256=self.manifest.graphs[name].sha256,
            machine=self._machine,
            precision=self._precision,
            bounds=self._bounds,
            calibration=file_sha256(calibration) if calibration.is_file() else '',
        )

    def _build(self, name: str, path: Path, calibration: Path) -> bytes:
        keep_types = self._precision == self.manifest.precision == 'fp16'
        network = NetworkBuilder(self._trt, self._logger, path, keep_types)
        profile = plan_profile(network.inputs(), self._bounds)
        precision, calibrator = self._precision, None
        if precision == 'int8' and not network.is_quantized():
            calibrator = self._calibrator(name, calibration)
            if calibrator is None and name != _QUANTIZED_GRAPH:
                # As an export in int8 leaves the other graphs.
                precision = 'fp32'
        try:
            timing = self._cache.read(self._machine) or b''
            plan, timing = network.build(precision, profile, timing, calibrator)
        finally:
            if calibrator is not None:
                calibrator.free()
        if timing:
            self._cache.store(self._machine, timing)
        return plan

    def _calibrator(self, name: str, calibration: Path) -> Any | None:
        """Return what gives the ranges of a graph: a cache, or pictures for the image encoder."""
        measured = calibration.is_file()
        if not measured and (self._pictures is None or name != _QUANTIZED_GRAPH):
            return None
        batches: Iterable[Batch] = ()
        if self._pictures is not None and not measured:
            pictures = prepared_pictures(self._pictures, self.manifest.preprocess)
            batches = ({'image': picture} for picture in pictures)
        return make_calibrator(self._trt, self._memory, batches, calibration)


def open_engine(
    folder: Path, manifest: Manifest, backend: str, options: EngineOptions
) -> TensorRtEngine:
    """Return an engine of the one backend there is."""
    return TensorRtEngine(folder, manifest, options)


def require(backend: str) -> None:
    """Look for TensorRT and the GPU.

    Raises:
        EngineError: If one of them is not there.
    """
    import_tensorrt()
    CudaRuntime()


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
