"""The reference engine: modules handed in, or programs read from a bundle."""

from __future__ import annotations

from pathlib import Path
import sys

import numpy as np
import pytest
from tiny_onnx import write_tiny_bundle

from efficientsam3_ros.core import BundleError, Manifest
from efficientsam3_ros.engine import EngineError, load_engine

torch = pytest.importorskip('torch')
from efficientsam3_ros.engine.torch_backend import TorchEngine, save_program  # noqa: E402

IMAGE = np.arange(72, dtype=np.float32).reshape(1, 3, 4, 6)
IDS = np.zeros((2, 4), np.int64)


class Copy(torch.nn.Module):
    def forward(self, value):
        return value + 0


class CopyTwo(torch.nn.Module):
    def forward(self, level, tokens):
        return level + 0, tokens.relu() * 1.0


MODULES = {'image_encoder': Copy(), 'text_encoder': Copy(), 'detector': CopyTwo()}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path)


@pytest.fixture
def manifest(bundle: Path) -> Manifest:
    return Manifest.load(bundle)


@pytest.fixture
def programs(bundle: Path, manifest: Manifest) -> Path:
    """Write the bundle's graphs as programs as well."""
    k, n = torch.export.Dim('K', min=1, max=16), torch.export.Dim('L', min=1, max=16)
    examples = {
        'image_encoder': ((torch.from_numpy(IMAGE),), None),
        'text_encoder': ((torch.zeros(2, 4, dtype=torch.long),), ({0: k},)),
        'detector': ((torch.from_numpy(IMAGE), torch.ones(3, 5, 8)), (None, {0: k, 1: n})),
    }
    for name, (inputs, dynamic) in examples.items():
        program = torch.export.export(MODULES[name], inputs, dynamic_shapes=dynamic)
        save_program(program, bundle, name, manifest.graphs[name].sha256)
    return bundle


def test_modules_run_in_the_order_of_the_manifest(manifest):
    engine = TorchEngine(manifest, MODULES)
    features = engine.run('image_encoder', {'image': IMAGE})
    assert isinstance(features['level_0'], torch.Tensor)
    tokens = np.full((2, 5, 8), 2, np.float32)
    found = engine.run('detector', {'prompt_tokens': tokens, 'level_0': features['level_0']})
    assert list(found) == ['scores', 'mask_logits']
    assert np.array_equal(engine.to_numpy(found['scores']), IMAGE)
    assert not found['scores'].requires_grad


def test_without_specs_a_failure_names_graph_and_shapes(manifest):
    engine = TorchEngine(manifest, MODULES | {'image_encoder': torch.nn.Linear(9, 1)})
    with pytest.raises(EngineError, match=r'"image_encoder" failed with image float32 \(1, 3, 4'):
        engine.run('image_encoder', {'image': IMAGE})
    with pytest.raises(EngineError, match=r"takes \['image'\], got \['picture'\]"):
        engine.run('image_encoder', {'picture': IMAGE})


def test_a_graph_without_module_is_refused(manifest):
    with pytest.raises(BundleError, match='given for detector'):
        TorchEngine(manifest, {name: MODULES[name] for name in ('image_encoder', 'text_encoder')})


def test_half_precision_stays_inside(manifest):
    layer = torch.nn.Linear(6, 6)
    exact = TorchEngine(manifest, MODULES | {'image_encoder': layer})
    half = TorchEngine(manifest, MODULES | {'image_encoder': layer}, precision='bf16')
    image = np.random.default_rng(0).normal(size=(1, 3, 4, 6)).astype(np.float32)
    one, two = (
        e.to_numpy(e.run('image_encoder', {'image': image})['level_0']) for e in (exact, half)
    )
    assert two.dtype == np.float32
    assert 1e-5 < np.abs(one - two).max() < 0.1


def test_programs_of_a_bundle_take_any_number_of_prompts(programs):
    engine = load_engine(programs, 'torch', 1)
    for count in (1, 7):
        ids = np.zeros((count, 4), np.int64)
        assert engine.run('text_encoder', {'token_ids': ids})['text_tokens'].shape == (count, 4)
    with pytest.raises(EngineError, match=r'"text_encoder", input "token_ids".*\(2, 5\)'):
        engine.run('text_encoder', {'token_ids': np.zeros((2, 5), np.int64)})


def test_a_missing_damaged_or_foreign_program_is_refused(programs):
    (programs / 'text_encoder.pt2').rename(programs / 'kept')
    with pytest.raises(BundleError, match=r'text_encoder\.pt2 is missing.*save_program'):
        load_engine(programs, 'torch')
    (programs / 'text_encoder.pt2').write_bytes((programs / 'kept').read_bytes()[:200])
    with pytest.raises(BundleError, match=r'text_encoder\.pt2 cannot be loaded'):
        load_engine(programs, 'torch')
    ids = (torch.zeros(2, 4, dtype=torch.long),)
    save_program(torch.export.export(Copy(), ids), programs, 'text_encoder', 'another')
    with pytest.raises(BundleError, match='belongs to another export'):
        load_engine(programs, 'torch')


def test_what_torch_lacks_is_said_plainly(manifest, bundle, monkeypatch):
    with pytest.raises(EngineError, match='no int8'):
        TorchEngine(manifest, MODULES, precision='int8')
    if not torch.cuda.is_available():
        with pytest.raises(EngineError, match='no CUDA device'):
            TorchEngine(manifest, MODULES, 'cuda')
    monkeypatch.setitem(sys.modules, 'torch', None)
    with pytest.raises(EngineError, match='pip install torch'):
        load_engine(bundle, 'torch')


def test_an_output_that_is_a_view_of_its_input_outlives_the_callers_array(manifest):
    engine = TorchEngine(manifest, MODULES | {'image_encoder': torch.nn.Identity()})
    given = IMAGE.copy()
    found = engine.run('image_encoder', {'image': given})
    given[:] = -1
    assert np.array_equal(engine.to_numpy(found['level_0']), IMAGE)
