r"""Write down which parts of TensorRT's Python API each release has.

NVIDIA's wheels ``tensorrt-bindings`` hold the compiled API without the libraries of a gigabyte and
more. Those are replaced by libraries that only offer the entry points, so that the bindings can be
imported, not used. Example:

    pip download --no-deps -d wheels tensorrt-bindings==8.6.1
    unzip -d 8.6.1 wheels/tensorrt_bindings-8.6.1-*.whl
    cd test/support/engines
    python record_tensorrt_api.py 8.6.1 10.3.0 11.4.0 > tensorrt_api.json
"""

from __future__ import annotations

import json
import os
from pathlib import Path
import subprocess
import sys
import tempfile

MEMBERS = {
    'Builder': (
        'create_network create_builder_config create_optimization_profile build_serialized_network'
    ),
    'BuilderFlag': 'FP16 BF16 INT8 TF32',
    'DataType': 'FLOAT HALF BF16 INT64 INT32 INT8 UINT8 BOOL name',
    'IBuilderConfig': (
        'set_flag clear_flag set_memory_pool_limit int8_calibrator '
        'add_optimization_profile set_calibration_profile create_timing_cache '
        'set_timing_cache get_timing_cache'
    ),
    'ICudaEngine': (
        'num_io_tensors get_tensor_name get_tensor_mode get_tensor_dtype get_tensor_shape '
        'get_tensor_profile_shape create_execution_context'
    ),
    'IExecutionContext': 'set_input_shape set_tensor_address get_tensor_shape execute_async_v3',
    'IInt8EntropyCalibrator2': (
        'get_batch get_batch_size read_calibration_cache write_calibration_cache'
    ),
    'ILayer': 'type num_outputs get_output',
    'INetworkDefinition': 'num_inputs get_input num_layers get_layer',
    'IOptimizationProfile': 'set_shape',
    'ITensor': 'name shape dtype get_dimension_name',
    'ITimingCache': 'serialize',
    'LayerType': 'QUANTIZE',
    'Logger': 'WARNING',
    'MemoryPoolType': 'WORKSPACE',
    'NetworkDefinitionCreationFlag': 'EXPLICIT_BATCH STRONGLY_TYPED',
    'OnnxParser': 'parse_from_file num_errors get_error',
    'Runtime': 'deserialize_cuda_engine',
    'TensorIOMode': 'INPUT OUTPUT',
}
"""What the backend uses or asks for; a test refuses anything else."""

ENTRIES = (
    'createInferBuilder_INTERNAL',
    'createInferRefitter_INTERNAL',
    'createInferRuntime_INTERNAL',
    'createNvOnnxParser_INTERNAL',
    'createNvOnnxParserRefitter_INTERNAL',
    'getBuilderPluginRegistry',
    'getNvOnnxParserVersion',
    'getPluginRegistry',
    'initLibNvInferPlugins',
    '_ZN11nvuffparser15createUffParserEv',
    '_ZN11nvuffparser8FieldMapC1EPKcPKvNS_9FieldTypeEi',
    '_ZN14nvcaffeparser117createCaffeParserEv',
    '_ZN14nvcaffeparser123shutdownProtobufLibraryEv',
)


def main(folders: list[str]) -> None:
    """Print the API of the unpacked wheels as JSON, by release."""
    found = {}
    with tempfile.TemporaryDirectory() as stubs:
        _compile(Path(stubs))
        for folder in folders:
            command = [sys.executable, __file__, '--one', folder]
            environment = os.environ | {'LD_LIBRARY_PATH': stubs}
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, check=True
            )
            release, members = json.loads(done.stdout)
            found[release] = members
    print(json.dumps(found, indent=1, sort_keys=True))


def record(folder: str) -> tuple[str, dict[str, list[str]]]:
    """Import one release's bindings; return its version and what it has of ``MEMBERS``."""
    sys.path.insert(0, folder)
    import tensorrt_bindings

    have = {
        name: [
            member
            for member in members.split()
            if hasattr(getattr(tensorrt_bindings, name), member)
        ]
        for name, members in MEMBERS.items()
        if hasattr(tensorrt_bindings, name)
    }
    return tensorrt_bindings.__version__, have


def _compile(folder: Path) -> None:
    source = folder / 'stub.c'
    source.write_text('\n'.join(f'void *{name}(void) {{ return 0; }}' for name in ENTRIES))
    for release in ('8', '10', '11'):
        for library in ('nvinfer', 'nvonnxparser', 'nvinfer_plugin', 'nvparsers'):
            name = f'lib{library}.so.{release}'
            output = ['-o', str(folder / name), f'-Wl,-soname,{name}']
            subprocess.run(['gcc', '-shared', '-fPIC', '-w', *output, str(source)], check=True)


if __name__ == '__main__':
    if sys.argv[1] == '--one':
        print(json.dumps(record(sys.argv[2])))
    else:
        main(sys.argv[1:])
