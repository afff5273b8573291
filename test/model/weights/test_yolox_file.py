"""Weights of YOLOX from its authors' file: each in its place, and nothing else accepted."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from yolox_onnx import random_convolutions, write_convolutions

from efficientsam3_ros.model.image.yolox.trunk import YoloxTrunk
from efficientsam3_ros.model.weights.errors import WeightsError
from efficientsam3_ros.model.weights.yolox_file import load_yolox, stem_weight


@pytest.fixture(scope='module')
def trunk() -> YoloxTrunk:
    return YoloxTrunk(base=2, classes=3)


def test_every_convolution_gets_its_weights_in_the_order_of_the_calls(trunk, tmp_path):
    given = random_convolutions(trunk, seed=1)
    load_yolox(trunk, write_convolutions(tmp_path / 'narrow.onnx', given))
    called: list[nn.Module] = []
    handles = [
        m.register_forward_hook(lambda module, *_: called.append(module))
        for m in trunk.modules()
        if isinstance(m, nn.Conv2d)
    ]
    # The head's predictions are called between its branches; only these are not in forward.
    for head in trunk.heads:
        head.forward = lambda x, head=head: _as_the_source_calls(head, x)  # type: ignore
    trunk(torch.zeros(1, 3, 64, 64))
    for handle in handles:
        handle.remove()
    for head in trunk.heads:
        del head.forward
    assert len(called) == len(given)
    for module, (weight, bias) in zip(called[1:], given[1:]):
        np.testing.assert_array_equal(module.weight.detach(), weight)
        np.testing.assert_array_equal(module.bias.detach(), bias)


def _as_the_source_calls(head: nn.Module, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    x = head.stem(x)
    classes = head.class_branch(x)
    head.class_prediction(classes)
    boxes = head.box_branch(x)
    head.box_prediction(boxes)
    head.objectness_prediction(boxes)
    return classes, boxes


def test_the_stem_sees_the_same_pixels_as_the_sources():
    torch.manual_seed(0)
    weight, rgb = torch.randn(4, 12, 3, 3), torch.rand(1, 3, 8, 10)
    bgr = rgb.flip(1)
    corners = [bgr[..., row::2, column::2] for column in (0, 1) for row in (0, 1)]
    expected = F.conv2d(torch.cat(corners, 1), weight, padding=1)
    torch.testing.assert_close(
        F.conv2d(rgb, stem_weight(weight), stride=2, padding=2), expected, atol=1e-5, rtol=1e-5
    )


def test_other_files_are_refused_with_the_remedy(trunk, tmp_path):
    given = random_convolutions(trunk, seed=2)
    few = write_convolutions(tmp_path / 'few.onnx', given[:-1])
    with pytest.raises(WeightsError, match=r'112 convolutions .* has 113; take yolox_nano.onnx'):
        load_yolox(trunk, few)
    wide = write_convolutions(tmp_path / 'wide.onnx', random_convolutions(YoloxTrunk(4, 3), 3))
    with pytest.raises(WeightsError, match=r'no YOLOX-nano: its convolution 0 .*\(2, 12, 3, 3\)'):
        load_yolox(trunk, wide)
    text = tmp_path / 'text.onnx'
    text.write_text('version https://git-lfs.github.com/spec/v1')
    with pytest.raises(WeightsError, match='is not an ONNX file'):
        load_yolox(trunk, text)
    with pytest.raises(WeightsError, match='does not exist; take'):
        load_yolox(trunk, tmp_path / 'missing.onnx')
    given[5] = (given[5][0], given[5][1][:1])
    with pytest.raises(WeightsError, match='no YOLOX-nano'):
        load_yolox(trunk, write_convolutions(tmp_path / 'bias.onnx', given))
