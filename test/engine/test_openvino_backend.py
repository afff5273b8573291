"""OpenVINO beyond the conformance suite: files, precision, devices."""

from __future__ import annotations

import json
from pathlib import Path
import sys

import numpy as np
import pytest
from tiny_onnx import FLOAT, copying_model, write_tiny_bundle

from efficientsam3_ros.core import BundleError, Manifest
from efficientsam3_ros.core.manifest import file_sha256
from efficientsam3_ros.engine import EngineError, EngineOptions, load_engine
from efficientsam3_ros.engine.openvino_backend import PRECISION_HINTS, _settings
from efficientsam3_ros.engine.openvino_core import write_ir

openvino = pytest.importorskip('openvino')
IMAGE = np.arange(72, dtype=np.float32).reshape(1, 3, 4, 6)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path)


def test_a_wrong_input_is_named(bundle):
    engine = load_engine(bundle, 'openvino', 1)
    with pytest.raises(EngineError, match=r'"image_encoder", input "image".*float32.*float64'):
        engine.run('image_encoder', {'image': IMAGE.astype(np.float64)})
    with pytest.raises(EngineError, match=r'\(1, 3, 4, 6\).*\(1, 3, 4, 5\)'):
        engine.run('image_encoder', {'image': IMAGE[..., :5]})


def test_an_array_that_is_not_contiguous_is_read_right(bundle):
    engine = load_engine(bundle, 'openvino', 1)
    found = engine.run('image_encoder', {'image': IMAGE[..., ::-1]})
    assert np.array_equal(engine.to_numpy(found['level_0']), IMAGE[..., ::-1])


def test_an_output_that_is_its_input_outlives_the_callers_array(bundle):
    engine = load_engine(bundle, 'openvino', 1)
    given = IMAGE.copy()
    found = engine.run('image_encoder', {'image': given})
    given[:] = -1
    assert np.array_equal(engine.to_numpy(found['level_0']), IMAGE)


@pytest.mark.parametrize('content', [b'this is no model', b''])
def test_a_file_that_is_no_model_is_a_bundle_error(bundle, content):
    (bundle / 'detector.onnx').write_bytes(content)
    with pytest.raises(BundleError, match=r'detector\.onnx cannot be loaded by OpenVINO'):
        load_engine(bundle, 'openvino', verify=False)


def test_a_cut_file_is_a_bundle_error(bundle):
    path = bundle / 'detector.onnx'
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(BundleError, match='does not match its checksum'):
        load_engine(bundle, 'openvino')
    with pytest.raises(BundleError, match=r'export the bundle again'):
        load_engine(bundle, 'openvino', verify=False)


def test_graphs_of_another_export_are_refused(bundle):
    path = bundle / 'image_encoder.onnx'
    path.write_bytes(copying_model({'picture': ('level_0', FLOAT, (1, 3, 4, 6))}))
    with pytest.raises(BundleError, match=r"'picture'.*the manifest says \['image'\]"):
        load_engine(bundle, 'openvino', verify=False)


def test_a_file_that_cannot_be_written_is_named_with_the_remedy(bundle, monkeypatch):
    def full(*_, **__):
        raise RuntimeError('basic_ios::clear: iostream error')

    monkeypatch.setattr(openvino, 'save_model', full)
    with pytest.raises(EngineError, match=r'cannot write image_encoder\.xml.*free some space'):
        write_ir(bundle, Manifest.load(bundle).graphs['image_encoder'])


def test_openvinos_own_file_is_preferred_while_it_belongs_to_the_export(bundle):
    graph = Manifest.load(bundle).graphs['image_encoder']
    target = write_ir(bundle, graph)
    assert target.name == 'image_encoder.xml' and target.with_suffix('.bin').is_file()
    # Proof that the IR is what is read: without a check of sums, the ONNX file may be anything.
    (bundle / 'image_encoder.onnx').write_bytes(b'')
    engine = load_engine(bundle, 'openvino', 1, verify=False)
    found = engine.run('image_encoder', {'image': IMAGE})
    assert np.array_equal(engine.to_numpy(found['level_0']), IMAGE)

    wires = {'image': ('level_0', FLOAT, (1, 3, 4, 6))}
    (bundle / 'image_encoder.onnx').write_bytes(copying_model(wires) + b'')
    path = bundle / 'manifest.json'
    data = json.loads(path.read_text())
    data['graphs']['image_encoder']['sha256'] = 'f' * 64
    path.write_text(json.dumps(data))
    with pytest.raises(BundleError, match=r'made from another export.*delete it'):
        load_engine(bundle, 'openvino', verify=False)
    assert file_sha256(bundle / 'image_encoder.onnx') != 'f' * 64


def test_the_precision_is_always_said(bundle, tmp_path):
    for precision, hint in PRECISION_HINTS.items():
        settings = _settings(EngineOptions(precision=precision), 'CPU')
        assert settings['INFERENCE_PRECISION_HINT'] == hint
    cached = _settings(EngineOptions(cache_folder=tmp_path, threads=2), 'CPU')
    assert cached['CACHE_DIR'] == str(tmp_path / 'openvino')
    assert cached['INFERENCE_NUM_THREADS'] == 2
    assert cached['ENABLE_CPU_PINNING'] is False


def test_a_gpu_that_is_not_there_is_said_plainly(bundle):
    if 'GPU' in openvino.Core().available_devices:
        pytest.skip('there is a GPU')
    with pytest.raises(EngineError, match='intel-opencl-icd'):
        load_engine(bundle, 'openvino-gpu')


def test_without_openvino_the_remedy_is_named(bundle, monkeypatch):
    monkeypatch.setitem(sys.modules, 'openvino', None)
    with pytest.raises(EngineError, match='pip install openvino'):
        load_engine(bundle, 'openvino')
