"""Backends by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.core.errors.one_line import shown
from efficientsam3_ros.engine.bundles import DEFAULT_BUNDLE, find_bundle
from efficientsam3_ros.engine.options import EngineOptions
from efficientsam3_ros.engine.protocol import Engine, EngineError

MOST_THREADS = 256


@dataclass(frozen=True)
class Backend:
    """One way to run graphs.

    Attributes:
        file: Module of this room, imported when it is used: ``open_engine`` makes an engine from
            folder, manifest, backend name and options; ``require`` raises ``EngineError`` with
            what the named backend lacks on this machine.
        distributions: Packages that bring it; the first one is called as the module is.
        remedy: How to get it; by default with pip.
    """

    file: str
    distributions: tuple[str, ...]
    remedy: str = ''

    def code(self) -> Any:
        """Import the file."""
        return import_module(f'efficientsam3_ros.engine.{self.file}')


def load_engine(
    bundle: str | Path = DEFAULT_BUNDLE,
    backend: str = 'onnxruntime',
    threads: int = 0,
    verify: bool = True,
    options: EngineOptions | None = None,
) -> Engine:
    """Load a bundle into a backend.

    Args:
        bundle: Name of an embedded bundle, or path of a bundle's folder.
        backend: One of ``BACKENDS``; the plain name runs on the CPU. A precision may follow a
            colon: ``tensorrt:fp16``.
        threads: CPU threads of one graph; 0 takes all cores, or what ``options`` says.
        verify: Compare the graphs' checksums with the manifest.
        options: Precision, GPU and cache folder.

    Raises:
        BundleError: If the bundle is missing or damaged.
        EngineError: If the backend is unknown, not installed, or lacks what the options ask for.
    """
    name, _, precision = str(backend).partition(':')
    if name not in _TABLE:
        raise EngineError(f'Unknown backend {shown(name)}; choose one of {", ".join(BACKENDS)}.')
    if not isinstance(threads, int) or not 0 <= threads <= MOST_THREADS:
        raise EngineError(
            f'threads is {shown(threads)}; it is a whole number in 0..{MOST_THREADS}, 0 takes all '
            'cores.'
        )
    options = options or EngineOptions()
    options = replace(
        options,
        threads=threads or options.threads,
        precision=precision or options.precision,
    )
    folder = find_bundle(bundle)
    manifest = Manifest.load(folder, verify=verify)
    engine: Engine = _TABLE[name].code().open_engine(folder, manifest, name, options)
    return engine


def available_backends() -> dict[str, str]:
    """Return backend name to a sentence on whether it works here, for diagnosis."""
    return {name: _state(name, backend) for name, backend in _TABLE.items()}


def _state(name: str, backend: Backend) -> str:
    module = backend.distributions[0]
    if find_spec(module) is None:
        return f'{module} is not installed: {backend.remedy or f"pip install {module}"}'
    try:
        backend.code().require(name)
    except EngineError as error:
        return str(error)
    return f'ready ({module} {version_of(backend.distributions)})'


def version_of(distributions: Iterable[str]) -> str:
    """Return the version of the first distribution that is installed."""
    for package in distributions:
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return 'of unknown version'


_ONNXRUNTIME = ('onnxruntime', 'onnxruntime-gpu')
_TENSORRT = ('tensorrt', 'tensorrt-cu13', 'tensorrt-cu12')
_TENSORRT_REMEDY = 'pip install tensorrt, on a Jetson sudo apt install python3-libnvinfer'
_ONNXRUNTIME_GPU = Backend('onnxruntime_backend', _ONNXRUNTIME, 'pip install onnxruntime-gpu')
_OPENVINO = Backend('openvino_backend', ('openvino',))
_TORCH = Backend('torch_backend', ('torch',))
_TABLE = {
    'onnxruntime': Backend('onnxruntime_backend', _ONNXRUNTIME),
    'onnxruntime-cuda': _ONNXRUNTIME_GPU,
    'onnxruntime-tensorrt': _ONNXRUNTIME_GPU,
    'openvino': _OPENVINO,
    'openvino-gpu': _OPENVINO,
    'tensorrt': Backend('tensorrt.backend', _TENSORRT, _TENSORRT_REMEDY),
    'torch': _TORCH,
    'torch-cuda': _TORCH,
}
BACKENDS = tuple(_TABLE)
