"""Layouts are told apart by their keys; relatives and strangers are refused with a way out."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip('torch')

from efficientsam3_ros.model.weights.errors import WeightsError  # noqa: E402
from efficientsam3_ros.model.weights.layouts import (  # noqa: E402
    Layout,
    canonical_key,
    recognize,
)
from efficientsam3_ros.model.weights.safe_load import Checkpoint  # noqa: E402

TRUNK = 'backbone.vision_backbone.trunk'
STUDENT = f'{TRUNK}.model.head.0.weight'
TEACHER = f'{TRUNK}.blocks.3.attn.qkv.weight'
BODY = 'transformer.decoder.query_embed.weight'
TEXT = 'backbone.language_backbone.encoder.embedding_layer.weight'
TEACHER_TEXT = 'backbone.language_backbone.encoder.token_embedding.weight'


def checkpoint(*keys):
    tensors = dict.fromkeys(keys, torch.zeros(1))
    return Checkpoint(Path('file.pt'), '', tensors, {}, ())


@pytest.mark.parametrize(
    ('keys', 'layout'),
    [
        ((f'detector.{STUDENT}', f'detector.{BODY}', 'tracker.no_obj_ptr'), Layout.MERGED),
        ((f'detector.{STUDENT}', f'detector.{BODY}', f'detector.{TEACHER_TEXT}'), Layout.MERGED),
        ((STUDENT, TEXT, BODY), Layout.DETECTOR),
        ((STUDENT, TEXT), Layout.ENCODERS),
        (('student_trunk.head.0.weight', 'sam3.x', 'teacher.y'), Layout.GEOMETRY),
        (('backbone.model.features.0.0.c.weight', 'head.0.weight'), Layout.IMAGE),
        (('encoder.embedding_layer.weight', 'projector.weight'), Layout.TEXT),
        ((f'detector.{TEACHER}', f'detector.{TEXT}', f'detector.{BODY}'), Layout.LITETEXT),
        ((f'detector.{TEACHER}', f'detector.{TEACHER_TEXT}', f'detector.{BODY}'), Layout.SAM3),
    ],
)
def test_each_kind_is_recognised(keys, layout):
    assert recognize(checkpoint(*keys)).layout is layout


@pytest.mark.parametrize(
    ('key', 'canonical'),
    [
        ('detector.geometry_encoder.norm.bias', 'geometry_encoder.norm.bias'),
        ('student_trunk.head.1.bias', f'{TRUNK}.model.head.1.bias'),
        (f'detector.{TRUNK}.model.student_trunk.head.1.bias', f'{TRUNK}.model.head.1.bias'),
        ('backbone.model.features.1.x', f'{TRUNK}.model.backbone.model.features.1.x'),
        ('projector.bias', 'backbone.language_backbone.projector.bias'),
        ('tracker.maskmem_tpos_enc', 'tracker.maskmem_tpos_enc'),
    ],
)
def test_prefixes_are_brought_into_one_form(key, canonical):
    assert canonical_key(key) == canonical


@pytest.mark.parametrize(
    ('keys', 'sentence'),
    [
        (('layer1.0.conv1.weight', 'fc.bias'), 'none of its 2 keys is known'),
        ((f'detector.{TRUNK[:-6]}.propagation_convs.0.conv_1x1.weight',), r'SAM 3\.1'),
        (('detector_model.detr_encoder.layers.0.x', 'tracker_model.y'), 'names of transformers'),
        (('image_encoder.trunk.stem.x', 'detector.fusion.y'), 'converted already'),
        ((f'detector.{STUDENT}', STUDENT), 'twice'),
    ],
)
def test_others_are_refused_with_a_reason(keys, sentence):
    with pytest.raises(WeightsError, match=sentence):
        recognize(checkpoint(*keys))
