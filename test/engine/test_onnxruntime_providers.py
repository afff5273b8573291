"""GPU providers get the user's choices, and values that stay on the device."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_onnx import write_tiny_bundle

from efficientsam3_ros.engine import EngineError, EngineOptions, load_engine
from efficientsam3_ros.engine.onnxruntime_providers import provider_list

IMAGE = np.arange(72, dtype=np.float32).reshape(1, 3, 4, 6)


def test_the_cpu_stands_behind_every_gpu_provider(tmp_path):
    options = EngineOptions(cache_folder=tmp_path, device=1)
    names = [
        [entry if isinstance(entry, str) else entry[0] for entry in entries]
        for entries in (
            provider_list('onnxruntime', options, '1.20.0'),
            provider_list('onnxruntime-cuda', options, '1.20.0'),
            provider_list('onnxruntime-tensorrt', options, '1.20.0'),
        )
    ]
    cpu, cuda, rt = 'CPUExecutionProvider', 'CUDAExecutionProvider', 'TensorrtExecutionProvider'
    assert names == [[cpu], [cuda, cpu], [rt, cuda, cpu]]


def test_tensorrt_keeps_its_engines_in_the_cache_folder_and_takes_the_precision(tmp_path):
    options = EngineOptions(cache_folder=tmp_path, precision='fp16', device=1)
    _, settings = provider_list('onnxruntime-tensorrt', options, '1.20.0')[0]
    assert settings['trt_engine_cache_path'] == str(tmp_path / 'onnxruntime')
    assert (tmp_path / 'onnxruntime').is_dir()
    assert settings['trt_fp16_enable'] is True
    assert settings['device_id'] == 1
    full = EngineOptions(cache_folder=tmp_path)
    assert provider_list('onnxruntime-tensorrt', full, '1.20.0')[0][1]['trt_fp16_enable'] is False


def test_tf32_is_off_where_the_release_knows_the_option():
    options = EngineOptions()
    assert provider_list('onnxruntime-cuda', options, '1.20.1')[0][1]['use_tf32'] == 0
    assert 'use_tf32' not in provider_list('onnxruntime-cuda', options, '1.17.3')[0][1]


def test_a_precision_that_the_provider_lacks_is_refused():
    with pytest.raises(EngineError, match='--precision fp16'):
        provider_list('onnxruntime', EngineOptions(precision='fp16'), '1.20.0')


def test_bound_values_pass_from_graph_to_graph_without_numpy(tmp_path):
    """The GPU's way of running, with the CPU as the device."""
    engine = load_engine(write_tiny_bundle(tmp_path), threads=1)
    plain = engine.run('image_encoder', {'image': IMAGE})
    assert isinstance(plain['level_0'], np.ndarray)

    session = engine._graphs['image_encoder']
    bound = engine._run_bound(session, {'image': IMAGE[..., ::-1]}, ('level_0',))
    assert type(bound[0]).__name__ == 'OrtValue'
    found = engine._run_bound(
        engine._graphs['detector'],
        {'level_0': bound[0], 'prompt_tokens': np.ones((2, 5, 8), np.float32)},
        ('scores', 'mask_logits'),
    )
    assert np.array_equal(engine.to_numpy(found[0]), IMAGE[..., ::-1])
    outputs = engine.run('detector', {'level_0': IMAGE, 'prompt_tokens': np.ones((1, 1, 8), 'f4')})
    assert outputs['mask_logits'].shape == (1, 1, 8)
    with pytest.raises(EngineError, match=r'"image_encoder", input "image"'):
        engine.run('image_encoder', {'image': found[1]})
