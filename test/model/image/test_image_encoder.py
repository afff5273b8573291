"""The image encoder of nano: trunk in order, and levels of their strides."""

from __future__ import annotations

from itertools import chain

import torch

from efficientsam3_ros.model.image.image_encoder import ImageEncoder
from efficientsam3_ros.model.image.yolox.trunk import YoloxTrunk
from efficientsam3_ros.model.nano_config import NanoConfig


def test_stages_are_all_of_the_trunk_in_order():
    trunk = YoloxTrunk()
    named = {id(p): name for name, p in trunk.named_parameters()}
    listed = [id(p) for m in chain(*trunk.stages()) for p in m.parameters()]
    assert listed == list(named)


def test_levels_have_their_strides_and_learn_from_the_deepest_map():
    torch.manual_seed(0)
    encoder = ImageEncoder(NanoConfig(input_height=64, input_width=96))
    image = torch.rand(1, 3, 64, 96) * 2 - 1
    *levels, cells = encoder(image)
    for level, stride in zip(levels, (2, 8, 16)):
        assert level.shape[-2:] == (64 // stride, 96 // stride)
    assert cells.shape[1] == 8 * 12 + 4 * 6 + 2 * 3
    levels[2].square().mean().backward()
    assert encoder.neck.context[0].self_attn.q_proj.weight.grad.abs().sum() > 0
    assert encoder.trunk.backbone.stem.weight.grad.abs().sum() > 0


def test_only_a_detector_that_asks_by_words_is_given_cells():
    encoder = ImageEncoder(NanoConfig(input_height=64, input_width=96, class_evidence=False))
    with torch.no_grad():
        assert len(encoder(torch.zeros(1, 3, 64, 96))) == 3
