"""Backends by name."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.engine.bundles import DEFAULT_BUNDLE, find_bundle
from efficientsam3_ros.engine.protocol import Engine, EngineError

BACKENDS = ('onnxruntime', 'onnxruntime-cuda', 'onnxruntime-tensorrt')


def load_engine(
    bundle: str | Path = DEFAULT_BUNDLE,
    backend: str = 'onnxruntime',
    threads: int = 0,
    verify: bool = True,
) -> Engine:
    """Load a bundle into a backend.

    Args:
        bundle: Name of an embedded bundle, or path of a bundle's folder.
        backend: One of ``BACKENDS``; the plain name runs on the CPU.
        threads: CPU threads of one graph; 0 takes all cores.
        verify: Compare the graphs' checksums with the manifest.

    Raises:
        BundleError: If the bundle is missing or damaged.
        EngineError: If the backend is unknown or not installed.
    """
    if backend not in BACKENDS:
        raise EngineError(f'Unknown backend "{backend}"; choose one of {", ".join(BACKENDS)}.')
    if threads < 0:
        raise EngineError(f'The number of threads is 0 (all cores) or more, got {threads}.')
    folder = find_bundle(bundle)
    manifest = Manifest.load(folder, verify=verify)
    from efficientsam3_ros.engine.onnxruntime_backend import OnnxRuntimeEngine

    return OnnxRuntimeEngine(folder, manifest, backend, threads)


def available_backends() -> dict[str, str]:
    """Return backend name to a sentence on whether it works here, for diagnosis."""
    if find_spec('onnxruntime') is None:
        return dict.fromkeys(BACKENDS, 'onnxruntime is not installed: pip install onnxruntime')
    from efficientsam3_ros.engine.onnxruntime_backend import PROVIDERS, installed_providers

    found = installed_providers()
    return {
        name: f'ready (onnxruntime {_version()})'
        if PROVIDERS[name] in found
        else f'this onnxruntime has no {PROVIDERS[name]}; it needs the package onnxruntime-gpu'
        for name in BACKENDS
    }


def _version() -> str:
    for package in ('onnxruntime', 'onnxruntime-gpu'):
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return 'of unknown version'
