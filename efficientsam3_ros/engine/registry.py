"""Backends by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.engine.bundles import DEFAULT_BUNDLE, find_bundle
from efficientsam3_ros.engine.options import EngineOptions
from efficientsam3_ros.engine.protocol import Engine, EngineError


@dataclass(frozen=True)
class Backend:
    """One way to run graphs.

    Attributes:
        module: What must be importable.
        distributions: Packages that bring it, the usual one first.
        remedy: How to get it.
        load: Makes the engine from folder, manifest, backend name and options.
        missing: Looks for the hardware; returns what is missing, or nothing.
    """

    module: str
    distributions: tuple[str, ...]
    remedy: str
    load: Callable[[Path, Manifest, str, EngineOptions], Engine]
    missing: Callable[[str], str]


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
    name, _, precision = backend.partition(':')
    if name not in _TABLE:
        raise EngineError(f'Unknown backend "{name}"; choose one of {", ".join(BACKENDS)}.')
    options = options or EngineOptions()
    options = replace(
        options,
        threads=threads or options.threads,
        precision=precision or options.precision,
    )
    folder = find_bundle(bundle)
    manifest = Manifest.load(folder, verify=verify)
    return _TABLE[name].load(folder, manifest, name, options)


def available_backends() -> dict[str, str]:
    """Return backend name to a sentence on whether it works here, for diagnosis."""
    return {name: _state(name, backend) for name, backend in _TABLE.items()}


def _state(name: str, backend: Backend) -> str:
    if find_spec(backend.module) is None:
        return f'{backend.module} is not installed: {backend.remedy}'
    try:
        missing = backend.missing(name)
    except EngineError as error:
        return str(error)
    return missing or f'ready ({backend.module} {version_of(backend.distributions)})'


def version_of(distributions: Iterable[str]) -> str:
    """Return the version of the first distribution that is installed."""
    for package in distributions:
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return 'of unknown version'


def _load_onnxruntime(
    folder: Path, manifest: Manifest, name: str, options: EngineOptions
) -> Engine:
    from efficientsam3_ros.engine.onnxruntime_backend import OnnxRuntimeEngine

    return OnnxRuntimeEngine(folder, manifest, name, options)


def _load_openvino(folder: Path, manifest: Manifest, name: str, options: EngineOptions) -> Engine:
    from efficientsam3_ros.engine.openvino_backend import OpenVinoEngine

    return OpenVinoEngine(folder, manifest, name, options)


def _load_tensorrt(folder: Path, manifest: Manifest, name: str, options: EngineOptions) -> Engine:
    from efficientsam3_ros.engine.tensorrt.backend import TensorRtEngine

    return TensorRtEngine(folder, manifest, options)


def _load_torch(folder: Path, manifest: Manifest, name: str, options: EngineOptions) -> Engine:
    from efficientsam3_ros.engine.torch_backend import load_programs

    return load_programs(folder, manifest, name, options)


def _no_provider(name: str) -> str:
    from efficientsam3_ros.engine.onnxruntime_backend import installed_providers
    from efficientsam3_ros.engine.onnxruntime_providers import PROVIDERS

    if PROVIDERS[name] in installed_providers():
        return ''
    return f'this onnxruntime has no {PROVIDERS[name]}; it needs the package onnxruntime-gpu'


def _no_openvino_device(name: str) -> str:
    from efficientsam3_ros.engine.openvino_backend import DEVICES, installed_devices

    if any(device.split('.')[0] == DEVICES[name] for device in installed_devices()):
        return ''
    return f'OpenVINO sees no {DEVICES[name]}; install its compute driver (intel-opencl-icd)'


def _no_tensorrt(name: str) -> str:
    from efficientsam3_ros.engine.tensorrt.backend import import_tensorrt
    from efficientsam3_ros.engine.tensorrt.cudart import CudaRuntime

    import_tensorrt()
    CudaRuntime()
    return ''


def _no_torch_device(name: str) -> str:
    if name == 'torch':
        return ''
    # Importing torch only to look takes seconds; the driver's library tells enough.
    from efficientsam3_ros.engine.tensorrt.cudart import CudaRuntime

    CudaRuntime()
    return ''


_ONNXRUNTIME = ('onnxruntime', 'onnxruntime-gpu')
_TENSORRT_REMEDY = 'pip install tensorrt, on a Jetson sudo apt install python3-libnvinfer'
_TABLE = {
    'onnxruntime': Backend(
        'onnxruntime', _ONNXRUNTIME, 'pip install onnxruntime', _load_onnxruntime, _no_provider
    ),
    'onnxruntime-cuda': Backend(
        'onnxruntime', _ONNXRUNTIME, 'pip install onnxruntime-gpu', _load_onnxruntime, _no_provider
    ),
    'onnxruntime-tensorrt': Backend(
        'onnxruntime', _ONNXRUNTIME, 'pip install onnxruntime-gpu', _load_onnxruntime, _no_provider
    ),
    'openvino': Backend(
        'openvino', ('openvino',), 'pip install openvino', _load_openvino, _no_openvino_device
    ),
    'openvino-gpu': Backend(
        'openvino', ('openvino',), 'pip install openvino', _load_openvino, _no_openvino_device
    ),
    'tensorrt': Backend(
        'tensorrt',
        ('tensorrt', 'tensorrt-cu13', 'tensorrt-cu12'),
        _TENSORRT_REMEDY,
        _load_tensorrt,
        _no_tensorrt,
    ),
    'torch': Backend('torch', ('torch',), 'pip install torch', _load_torch, _no_torch_device),
    'torch-cuda': Backend('torch', ('torch',), 'pip install torch', _load_torch, _no_torch_device),
}
BACKENDS = tuple(_TABLE)
