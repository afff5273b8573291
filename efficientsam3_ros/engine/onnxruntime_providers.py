"""ONNX Runtime's execution providers and their settings.

Names of options: ONNX Runtime's documentation of the CUDA and TensorRT execution providers.
"""

from __future__ import annotations

from typing import Any

from efficientsam3_ros.engine.options import EngineOptions
from efficientsam3_ros.engine.protocol import EngineError

PROVIDERS = {
    'onnxruntime': 'CPUExecutionProvider',
    'onnxruntime-cuda': 'CUDAExecutionProvider',
    'onnxruntime-tensorrt': 'TensorrtExecutionProvider',
}

ProviderEntry = str | tuple[str, dict[str, Any]]
_PRECISIONS = {
    'onnxruntime': ('fp32', 'int8'),
    'onnxruntime-cuda': ('fp32', 'int8'),
    'onnxruntime-tensorrt': ('fp32', 'fp16', 'bf16', 'int8'),
}


def device_of(backend: str) -> str:
    """Return where the backend's values live, in ONNX Runtime's words."""
    return 'cpu' if backend == 'onnxruntime' else 'cuda'


def provider_list(backend: str, options: EngineOptions, version: str) -> list[ProviderEntry]:
    """Return the providers in order of preference; the last one serves what others lack.

    Args:
        backend: Key of ``PROVIDERS``.
        options: Precision, GPU and cache folder.
        version: ONNX Runtime's version.

    Raises:
        EngineError: If the provider computes as the graph was exported only.
    """
    if options.precision not in _PRECISIONS[backend]:
        raise EngineError(
            f'Backend "{backend}" computes in the precision of the exported graph; export the '
            f'bundle with --precision {options.precision}, or use the backend "tensorrt".'
        )
    cpu = PROVIDERS['onnxruntime']
    cuda = (PROVIDERS['onnxruntime-cuda'], _cuda_options(options, version))
    if backend == 'onnxruntime':
        return [cpu]
    if backend == 'onnxruntime-cuda':
        return [cuda, cpu]
    return [(PROVIDERS[backend], _tensorrt_options(options)), cuda, cpu]


def _cuda_options(options: EngineOptions, version: str) -> dict[str, Any]:
    found: dict[str, Any] = {'device_id': options.device}
    # TF32 would cost three digits; the option came with 1.18.
    if tuple(int(part) for part in version.split('.')[:2]) >= (1, 18):
        found['use_tf32'] = 0
    return found


def _tensorrt_options(options: EngineOptions) -> dict[str, Any]:
    folder = options.cache() / 'onnxruntime'
    folder.mkdir(exist_ok=True)
    found: dict[str, Any] = {
        'device_id': options.device,
        'trt_engine_cache_enable': True,
        'trt_engine_cache_path': str(folder),
        'trt_timing_cache_enable': True,
        'trt_timing_cache_path': str(folder),
        'trt_fp16_enable': options.precision in ('fp16', 'int8'),
    }
    # Older releases refuse options that they do not know.
    if options.precision in ('bf16', 'int8'):
        found[f'trt_{options.precision}_enable'] = True
    return found
