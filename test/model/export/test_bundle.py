"""A bundle gives the same answers as the network it was made of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
import re
import shutil

from exported_nano import ABOUT, exported_nano, small_nano
import numpy as np
import onnxruntime
import pytest
import torch

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.engine import load_engine
from efficientsam3_ros.model.export import bundle as bundle_export
from efficientsam3_ros.model.export.bundle import ExportOptions, export_bundle
from efficientsam3_ros.model.export.graph import ExportError, GraphPlan
from efficientsam3_ros.model.export.plans import nano_plans
from efficientsam3_ros.model.export.precision import to_int8
from efficientsam3_ros.model.nano_student import NanoStudent


@pytest.fixture(scope='module')
def student() -> NanoStudent:
    return small_nano()


@pytest.fixture(scope='module')
def bundle(student: NanoStudent, export_store) -> Path:
    return exported_nano(export_store, student)


@pytest.mark.parametrize('prompts', [1, 5])
def test_the_engine_agrees_with_torch_for_any_number_of_prompts(student, bundle, prompts):
    engine = load_engine(bundle, threads=1)
    tokenizer = Manifest.load(bundle).tokenizer()
    ids = tokenizer.encode(['red mug', 'mug', 'red', 'red red', 'mug mug'][:prompts])
    image = np.random.default_rng(0).uniform(-1, 1, (1, 3, 64, 96)).astype(np.float32)
    levels = engine.run('image_encoder', {'image': image})
    text = engine.run('text_encoder', {'token_ids': ids})
    found = engine.run(
        'detector',
        {
            'level_0': levels['level_0'],
            'level_1': levels['level_1'],
            'prompt_tokens': text['text_tokens'],
            'prompt_mask': text['text_mask'],
            'cells': levels['cells'],
        },
    )
    with torch.no_grad():
        pixels, level8, _, cells = student.eval().image_encoder(torch.from_numpy(image))
        prompt = student.text_encoder(torch.from_numpy(ids))
        expected = student.detector(pixels, level8, *prompt, cells)
    names = ('scores', 'presence', 'boxes', 'mask_logits', 'embeddings')
    for name, value in zip(names, expected):
        scale = float(value.abs().max())
        np.testing.assert_allclose(engine.to_numpy(found[name]), value, atol=1e-4 * scale)


def test_graphs_hold_no_path_of_the_exporting_machine(bundle):
    here = str(Path(torch.__file__).parent).encode()
    for path in bundle.glob('*.onnx'):
        content = path.read_bytes()
        assert here not in content and not re.search(rb'\.py\b', content), path.name


class ExportedWrongly(torch.nn.Module):
    """Becomes another graph than what it computes."""

    def forward(self, x):
        return x.sin() if torch.compiler.is_exporting() else x.cos()


def test_a_wrong_export_is_refused(tmp_path):
    plan = GraphPlan(ExportedWrongly(), {'x': torch.ones(2, 3)}, ('y',), {})
    with pytest.raises(ExportError, match='text_encoder differs from torch'):
        export_bundle({'text_encoder': plan}, tmp_path, ABOUT)


def test_the_manifest_tells_limits_and_how_near_to_torch_it_is(bundle):
    manifest = Manifest.load(bundle)
    assert manifest.precision == 'fp32' and manifest.bounds['prompts'] == 16
    assert manifest.parity.keys() == manifest.graphs.keys()
    assert 0 <= max(manifest.parity.values()) <= 1e-4


def encode(folder: Path, image: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(folder / 'image_encoder.onnx'))
    return session.run(['level_1'], {'image': image})[0]


def images(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.uniform(-1, 1, (1, 3, 64, 96)).astype(np.float32) for _ in range(count)]


@pytest.fixture
def encoder(student, bundle, monkeypatch) -> dict[str, GraphPlan]:
    """Return the plan of the image encoder, whose graph has been written before."""
    monkeypatch.setattr(
        bundle_export, 'write_graph', lambda plan, path, *_: shutil.copy(bundle / path.name, path)
    )
    return {'image_encoder': nano_plans(student)['image_encoder']}


def test_half_precision_halves_the_weights_and_keeps_the_ports(encoder, bundle, tmp_path):
    export_bundle(encoder, tmp_path, ABOUT, ExportOptions(precision='fp16'))
    full, half = encode(bundle, images(1)[0]), encode(tmp_path, images(1)[0])
    assert half.dtype == np.float32
    assert 0 < np.abs(full - half).max() < 0.05 * np.abs(full).max()
    name = 'image_encoder.onnx'
    assert (tmp_path / name).stat().st_size < 0.7 * (bundle / name).stat().st_size


def test_int8_is_calibrated_and_says_so_when_it_cannot_be(encoder, bundle, tmp_path):
    options = ExportOptions(precision='int8', calibration=images(4))
    export_bundle(encoder, tmp_path, ABOUT, options)
    full, coarse = encode(bundle, images(1)[0]), encode(tmp_path, images(1)[0])
    assert 0.9 < np.corrcoef(full.ravel(), coarse.ravel())[0, 1] < 1
    with pytest.raises(ExportError, match='--calibrate FOLDER'):
        to_int8(tmp_path / 'image_encoder.onnx', [])


def test_limits_of_nothing_are_refused():
    with pytest.raises(ValueError, match='max_prompts is 1 or more'):
        ExportOptions(max_prompts=0)


def test_what_another_engine_made_of_a_replaced_graph_is_forgotten(tmp_path):
    known = {'detector': 1e-6, 'detector@openvino': 1e-6, 'text_encoder@openvino': 1e-6}
    plan = GraphPlan(torch.nn.ReLU(), {'x': torch.ones(2, 3)}, ('y',), {})
    about, options = replace(ABOUT, parity=known), ExportOptions(simplify=False)
    manifest = export_bundle({'text_encoder': plan}, tmp_path, about, options)
    kept = {name: value for name, value in known.items() if name.startswith('detector')}
    assert manifest.parity == kept | {'text_encoder': 0.0}
