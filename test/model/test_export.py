"""A bundle gives the same answers as the network it was made of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from efficientsam3_ros.core import Manifest, Preprocess, WordTokenizer
from efficientsam3_ros.engine import load_engine
from efficientsam3_ros.model.config import StudentConfig
from efficientsam3_ros.model.export import ExportError, export_bundle
from efficientsam3_ros.model.network import Student

WORDS = ('mug', 'red')


@pytest.fixture(scope='module')
def student() -> Student:
    torch.manual_seed(0)
    size = WordTokenizer(WORDS, 6).size
    return Student(StudentConfig(input_height=64, input_width=96, width=32, vocabulary_size=size))


@pytest.fixture(scope='module')
def bundle(student: Student, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp('bundle')
    export_bundle(student, folder, 'tiny', Preprocess(64, 96), WordTokenizer(WORDS, 6), 0.5)
    return folder


@pytest.mark.parametrize('prompts', [1, 5])
def test_the_engine_agrees_with_torch_for_any_number_of_prompts(student, bundle, prompts):
    engine = load_engine(str(bundle))
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
        },
    )
    with torch.no_grad():
        pixels, level8, _ = student.eval().image_encoder(torch.from_numpy(image))
        expected = student.detector(pixels, level8, *student.text_encoder(torch.from_numpy(ids)))
    names = ('scores', 'presence', 'boxes', 'mask_logits', 'embeddings')
    for name, value in zip(names, expected):
        scale = float(value.abs().max())
        np.testing.assert_allclose(engine.to_numpy(found[name]), value, atol=1e-4 * scale)


def test_graphs_hold_no_path_of_the_exporting_machine(bundle):
    here = str(Path(torch.__file__).parent).encode()
    for path in bundle.glob('*.onnx'):
        content = path.read_bytes()
        assert here not in content and b'.py' not in content, path.name


def test_a_wrong_export_is_refused(student, tmp_path):
    with pytest.raises(ExportError, match='differs from torch'):
        export_bundle(
            student, tmp_path, 'x', Preprocess(64, 96), WordTokenizer(WORDS, 6), 0.5, tolerance=0
        )
