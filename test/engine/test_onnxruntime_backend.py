"""What a graph is given is checked, and every failure says which graph and what to do."""

from __future__ import annotations

import json
from pathlib import Path
import sys

import numpy as np
import pytest
from tiny_onnx import FLOAT, copying_model, write_tiny_bundle

from efficientsam3_ros.core import BundleError
from efficientsam3_ros.core.manifest import file_sha256
from efficientsam3_ros.engine import EngineError, EngineOptions, load_engine, options
from efficientsam3_ros.engine.onnxruntime_backend import session_options

IMAGE = np.arange(72, dtype=np.float32).reshape(1, 3, 4, 6)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path)


def replace_graph(bundle: Path, name: str, content: bytes) -> None:
    """Change a graph and its checksum, as a wrong export would."""
    (bundle / f'{name}.onnx').write_bytes(content)
    path = bundle / 'manifest.json'
    data = json.loads(path.read_text())
    data['graphs'][name]['sha256'] = file_sha256(bundle / f'{name}.onnx')
    path.write_text(json.dumps(data))


def test_outputs_come_back_by_name_and_serve_as_inputs(bundle):
    engine = load_engine(bundle, threads=1)
    features = engine.run('image_encoder', {'image': IMAGE})
    tokens = np.ones((2, 5, 8), np.float32)
    outputs = engine.run('detector', {'level_0': features['level_0'], 'prompt_tokens': tokens})
    assert np.array_equal(engine.to_numpy(outputs['scores']), IMAGE)
    assert engine.to_numpy(outputs['mask_logits']).shape == (2, 5, 8)
    assert engine.manifest.name == 'tiny'


def test_free_dimensions_take_any_size(bundle):
    engine = load_engine(bundle, threads=1)
    for count in (1, 7):
        ids = np.zeros((count, 4), np.int64)
        assert engine.run('text_encoder', {'token_ids': ids})['text_tokens'].shape == (count, 4)


@pytest.mark.parametrize(
    ('image', 'said'),
    [
        (IMAGE[:, :, :3], r'"image_encoder", input "image".*\(1, 3, 4, 6\).*\(1, 3, 3, 6\)'),
        (IMAGE[0], r'"image_encoder", input "image"'),
        (IMAGE.astype(np.float64), 'float64'),
    ],
)
def test_a_wrong_input_is_named(bundle, image, said):
    with pytest.raises(EngineError, match=said):
        load_engine(bundle, threads=1).run('image_encoder', {'image': image})


def test_missing_and_surplus_inputs_are_named(bundle):
    engine = load_engine(bundle, threads=1)
    with pytest.raises(EngineError, match=r"takes \['level_0', 'prompt_tokens'\]"):
        engine.run('detector', {'level_0': IMAGE})
    with pytest.raises(EngineError, match=r"got \['image', 'more'\]"):
        engine.run('image_encoder', {'image': IMAGE, 'more': IMAGE})


def test_an_absent_graph_is_named(bundle):
    with pytest.raises(EngineError, match='"tiny" has no graph "memorise"'):
        load_engine(bundle, threads=1).run('memorise', {})


def test_a_closed_engine_runs_nothing(bundle):
    engine = load_engine(bundle, threads=1)
    engine.close()
    with pytest.raises(EngineError, match='closed'):
        engine.run('image_encoder', {'image': IMAGE})


def test_a_file_that_is_no_onnx_model_is_a_bundle_error(bundle):
    replace_graph(bundle, 'detector', b'this is no model')
    with pytest.raises(BundleError, match=r'detector\.onnx cannot be loaded'):
        load_engine(bundle)


def test_a_cut_file_is_a_bundle_error_even_without_the_checksum_test(bundle):
    path = bundle / 'detector.onnx'
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(BundleError, match='does not match its checksum'):
        load_engine(bundle)
    with pytest.raises(BundleError, match='cannot be loaded'):
        load_engine(bundle, verify=False)


def test_graphs_of_another_export_are_refused(bundle):
    wires = {'picture': ('level_0', FLOAT, (1, 3, 4, 6))}
    replace_graph(bundle, 'image_encoder', copying_model(wires))
    with pytest.raises(BundleError, match=r"'picture'.*the manifest says \['image'\]"):
        load_engine(bundle)


def test_without_onnxruntime_the_remedy_is_named(bundle, monkeypatch):
    monkeypatch.setitem(sys.modules, 'onnxruntime', None)
    with pytest.raises(EngineError, match='pip install onnxruntime'):
        load_engine(bundle)


@pytest.mark.parametrize('spin', [False, True])
def test_threads_spin_only_when_asked_and_are_tied_to_no_core(spin, monkeypatch):
    monkeypatch.setattr(options, 'usable_cores', lambda: 6)
    runtime = pytest.importorskip('onnxruntime')
    found = session_options(runtime, EngineOptions(spin=spin))
    entry = found.get_session_config_entry('session.intra_op.allow_spinning')
    # 0 would let ONNX Runtime pin threads.
    assert (found.intra_op_num_threads, entry) == (6, str(int(spin)))
    assert session_options(runtime, EngineOptions(threads=2)).intra_op_num_threads == 2
