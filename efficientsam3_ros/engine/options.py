"""How a backend is to run, the same for all of them."""

from __future__ import annotations

from dataclasses import dataclass
import os
from pathlib import Path

from efficientsam3_ros.engine.protocol import EngineError

PRECISIONS = ('fp32', 'fp16', 'bf16', 'int8')


@dataclass(frozen=True)
class EngineOptions:
    """Choices of the user; a backend refuses what it cannot do.

    Attributes:
        threads: CPU threads of one graph; 0 takes all cores.
        spin: Let threads wait for their next piece of work by spinning; beside other work they
            spin away their own share of the cores.
        precision: Arithmetic inside the graphs, one of ``PRECISIONS``; ``fp32`` leaves them as
            they were exported. ``int8`` expects an image encoder that was quantised at the
            export, or, with TensorRT up to 10, a calibration cache or pictures.
        cache_folder: Where compiled engines are kept; None takes ``default_cache_folder``.
        device: Index of the GPU.
        calibration: Folder of pictures from which TensorRT up to 10 measures the ranges of int8,
            once; they are kept beside the bundle's graphs.

    Raises:
        EngineError: If a value is out of range.
    """

    threads: int = 0
    spin: bool = False
    precision: str = 'fp32'
    cache_folder: Path | None = None
    device: int = 0
    calibration: Path | None = None

    def __post_init__(self) -> None:
        if self.threads < 0:
            raise EngineError(
                f'The number of threads is 0 (all cores) or more, got {self.threads}.'
            )
        if self.precision not in PRECISIONS:
            raise EngineError(
                f'Unknown precision "{self.precision}"; choose one of {", ".join(PRECISIONS)}.'
            )
        if self.device < 0:
            raise EngineError(f'The GPU index is 0 or more, got {self.device}.')

    def thread_count(self) -> int:
        """Return ``threads``, or how many cores this process may use."""
        return self.threads or usable_cores()

    def cache(self) -> Path:
        """Return the folder for compiled engines, made when missing."""
        folder = self.cache_folder or default_cache_folder()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise EngineError(
                f'The engine cache {folder} cannot be made ({error}); set XDG_CACHE_HOME to a '
                'folder that can be written.'
            ) from error
        return folder


def usable_cores() -> int:
    """Return how many processors the system lets this process run on."""
    # macOS has no affinities.
    known = hasattr(os, 'sched_getaffinity')
    return len(os.sched_getaffinity(0)) if known else os.cpu_count() or 1


def default_cache_folder() -> Path:
    """Return ``$XDG_CACHE_HOME/efficientsam3_ros``, by default below ``~/.cache``."""
    base = os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache'
    return Path(base) / 'efficientsam3_ros'
