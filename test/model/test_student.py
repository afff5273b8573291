"""The nine students: names, parts, and what they refuse."""

from __future__ import annotations

import pytest

torch = pytest.importorskip('torch')
pytest.importorskip('timm')

from efficientsam3_ros.model.detector.detector_config import DetectorConfig  # noqa: E402
from efficientsam3_ros.model.image.trunks import TRUNKS  # noqa: E402
from efficientsam3_ros.model.layers.blank import Blank  # noqa: E402
from efficientsam3_ros.model.registry import STUDENTS, student_config  # noqa: E402
from efficientsam3_ros.model.student import Student, StudentConfig  # noqa: E402
from efficientsam3_ros.model.text.mobileclip import TextSpec  # noqa: E402

TINY = StudentConfig(
    'tiny',
    TRUNKS['efficientvit_b0'],
    TextSpec('tiny', layers=2, width=16, heads=2, vocabulary=60),
    neck='lean',
    size=112,
    context=16,
    detector=DetectorConfig(
        width=32,
        heads=4,
        feedforward=48,
        fusion_layers=1,
        decoder_layers=2,
        exemplar_layers=1,
        queries=6,
        kept_queries=4,
    ),
)


def test_there_are_nine_by_family_and_size():
    expected = {f'es_{family}_{size}' for family in ('rv', 'tv', 'ev') for size in 'sml'}
    assert set(STUDENTS) == expected
    assert student_config('es_tv_m').trunk.title == 'TinyViT-11M'


@pytest.mark.parametrize('name', STUDENTS)
def test_each_is_built_from_the_parts_that_an_export_writes(name):
    with torch.device('meta'), Blank():
        student = Student(student_config(name, text='s1', neck='lean', context=32))
    children = [child for child, _ in student.named_children()]
    assert children == ['image_encoder', 'text_encoder', 'exemplar_encoder', 'detector']
    positions = student.text_encoder.embeddings.position_embedding.position_embedding
    assert tuple(positions.shape) == (1, 1, 32, 512)


@pytest.mark.parametrize('neck', ['sam3', 'lean'])
def test_image_and_phrases_become_instances(neck):
    torch.manual_seed(0)
    config = StudentConfig(**{**vars(TINY), 'neck': neck})
    student = Student(config).eval()
    ids = torch.zeros(2, 16, dtype=torch.long)
    ids[:, :3] = torch.tensor([58, 7, 59])
    none = torch.zeros(2, 1)
    label = none.long()
    with torch.no_grad():
        levels = student.image_encoder(torch.randn(1, 3, 112, 112))
        text, text_mask = student.text_encoder(ids)
        exemplar, exemplar_mask = student.exemplar_encoder(
            levels[2], torch.zeros(2, 1, 4), label, none, torch.zeros(2, 1, 2), label, none
        )
        prompt = torch.cat([text, exemplar], 1)
        mask = torch.cat([text_mask, exemplar_mask], 1)
        scores, presence, boxes, masks, embeddings = student.detector(*levels, prompt, mask)
    side = 4 * config.grid
    assert config.grid == {'sam3': 8, 'lean': 4}[neck]
    assert (scores.shape, presence.shape, boxes.shape) == ((2, 4), (2,), (2, 4, 4))
    assert (masks.shape, embeddings.shape) == ((2, 4, side, side), (2, 4, 32))
    assert torch.isfinite(masks).all()
    assert ((scores >= 0) & (scores <= 1)).all()


def test_unknown_names_and_sizes_are_refused():
    with pytest.raises(ValueError, match='known are es_rv_s'):
        student_config('es_rv_xl')
    with pytest.raises(ValueError, match='known are s0, s1, l'):
        student_config('es_rv_s', text='s2')
    with pytest.raises(ValueError, match='Unknown neck "fat"'):
        student_config('es_rv_s', neck='fat')
    with pytest.raises(ValueError, match='at least 112'):
        student_config('es_rv_s', size=64)
    with pytest.raises(ValueError, match='give 16 or 32'):
        student_config('es_rv_s', context=2)
