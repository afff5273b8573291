"""INT8 calibration for TensorRT up to 10, where graphs are not quantised at the export."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.engine.protocol import EngineError
from efficientsam3_ros.engine.tensorrt.buffers import DeviceBuffer
from efficientsam3_ros.engine.tensorrt.cudart import CudaRuntime

Batch = Mapping[str, np.ndarray]


def calibration_file(folder: Path, graph: str) -> Path:
    """Return where a bundle keeps a graph's calibration cache."""
    return folder / f'{graph}.calibration'


def make_calibrator(trt: Any, memory: CudaRuntime, batches: Iterable[Batch], cache: Path) -> Any:
    """Return an entropy calibrator; ``free`` it after the build.

    Args:
        trt: The module ``tensorrt``.
        memory: Takes the batches.
        batches: Input name to array, one batch at a time; not read where the cache serves.
        cache: Measured ranges, read and written.

    Raises:
        EngineError: If this TensorRT has no calibrators.
    """
    remaining = iter(batches)
    if not hasattr(trt, 'IInt8EntropyCalibrator2'):
        raise EngineError(
            f'TensorRT {trt.__version__} has no calibration; export the bundle with '
            '--precision int8, which quantises the graphs themselves.'
        )

    class EntropyCalibrator(trt.IInt8EntropyCalibrator2):
        """Hands batches to TensorRT; its base class exists only once tensorrt is imported."""

        def __init__(self) -> None:
            super().__init__()
            self._buffers: dict[str, DeviceBuffer] = {}
            self._stream = memory.create_stream()

        def get_batch_size(self) -> int:
            """Return 1: the batch is an axis of the graphs themselves."""
            return 1

        def get_batch(self, names: list[str]) -> list[int] | None:
            """Upload one batch; None ends the calibration."""
            batch = next(remaining, None)
            if batch is None:
                return None
            pointers = []
            for name in names:
                array = np.ascontiguousarray(batch[name])
                buffer = self._buffers.setdefault(name, DeviceBuffer(memory))
                buffer.reserve(array.nbytes)
                memory.upload(buffer.pointer, array, self._stream)
                pointers.append(buffer.pointer)
            memory.synchronise(self._stream)
            return pointers

        def read_calibration_cache(self) -> bytes | None:
            """Return ranges of an earlier calibration."""
            return cache.read_bytes() if cache.is_file() else None

        def write_calibration_cache(self, content: Any) -> None:
            """Keep the ranges."""
            with replacing(cache) as part:
                part.write_bytes(bytes(content))

        def free(self) -> None:
            """Give the GPU memory back."""
            for buffer in self._buffers.values():
                buffer.free()
            self._buffers.clear()
            memory.destroy_stream(self._stream)

    return EntropyCalibrator()
