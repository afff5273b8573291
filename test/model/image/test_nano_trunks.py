"""Trunks of nano: parts in order, and predictions only where there are some."""

from __future__ import annotations

from itertools import chain

import pytest
import timm
import torch

from efficientsam3_ros.model.image.image_encoder import ImageEncoder
from efficientsam3_ros.model.image.nano_trunks import build_trunk, trunk_stages
from efficientsam3_ros.model.nano_config import NanoConfig


@pytest.mark.parametrize('backbone, stages', [('yolox_nano', 6), ('efficientnet_lite0', 7)])
def test_stages_are_all_of_a_trunk_in_order(backbone, stages):
    trunk, channels = build_trunk(backbone, 32)
    assert len(channels) == 5 and len(trunk_stages(trunk)) == 1 + stages
    named = {id(p): name for name, p in trunk.named_parameters()}
    listed = [id(p) for m in chain(*trunk_stages(trunk)) for p in m.parameters()]
    assert listed == list(named)


def test_a_trunk_whose_order_is_not_known_is_refused():
    trunk = timm.create_model('efficientvit_b0', features_only=True)
    with pytest.raises(ValueError, match='freeze_stages to 0'):
        trunk_stages(trunk)


@pytest.mark.parametrize('context', [16, 32])
def test_the_encoder_reads_yolox_and_lets_its_predictions_be_learned_from(context):
    torch.manual_seed(0)
    encoder = ImageEncoder(
        NanoConfig(
            backbone='yolox_nano',
            deepest_stride=32,
            context_stride=context,
            input_height=64,
            input_width=96,
        )
    )
    image = torch.rand(1, 3, 64, 96) * 2 - 1
    maps = encoder.trunk(image)
    levels = encoder.neck(maps)
    for level, stride in zip(levels, (2, 8, 16)):
        assert level.shape[-2:] == (64 // stride, 96 // stride)
    levels[2].square().mean().backward(retain_graph=True)
    assert encoder.neck.context[0].self_attn.q_proj.weight.grad.abs().sum() > 0
    encoder.teacher_predictions(maps).square().mean().backward()
    assert encoder.trunk.heads[2].class_prediction.weight.grad.abs().sum() > 0
    assert encoder.trunk.backbone.stem.weight.grad.abs().sum() > 0


def test_other_trunks_predict_nothing():
    encoder = ImageEncoder(NanoConfig(input_height=64, input_width=96))
    with pytest.raises(ValueError, match='yolox_nano'):
        encoder.teacher_predictions([])
