"""YOLOX as a trunk: sizes, the source's range of pixels, predictions and boxes."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from efficientsam3_ros.model.image.yolox.blocks import SpatialPyramidPooling
from efficientsam3_ros.model.image.yolox.head import decoded_boxes, probabilities
from efficientsam3_ros.model.image.yolox.trunk import YoloxTrunk


@pytest.fixture(scope='module')
def trunk() -> YoloxTrunk:
    torch.manual_seed(0)
    return YoloxTrunk(base=4, classes=3).eval()


def test_the_default_is_yolox_nano():
    trunk = YoloxTrunk()
    convolutions = [m for m in trunk.modules() if isinstance(m, nn.Conv2d)]
    assert len(convolutions) == 113
    assert sum(p.numel() for p in trunk.parameters()) == 904_463
    assert trunk.channels == (16, 32, 192, 256, 384)


@pytest.mark.parametrize('size', [(64, 96), (48, 80)])
def test_maps_have_their_strides_rounded_up(trunk, size):
    with torch.no_grad():
        maps = trunk(torch.rand(2, 3, *size) * 2 - 1)
    expected = [(2, c, *(-(-s // k) for s in size)) for c, k in zip(trunk.channels, STRIDES)]
    assert [tuple(m.shape) for m in maps] == expected


STRIDES = (2, 4, 8, 16, 32)


def test_the_border_is_black_to_the_source(trunk):
    stem = trunk.backbone.stem
    with torch.no_grad():
        stem.bias.normal_()
        black = trunk(torch.full((1, 3, 32, 32), -1.0))[0]
        gray = trunk(torch.zeros(1, 3, 32, 32))[0]
    torch.testing.assert_close(black, F.silu(stem.bias)[:, None, None].expand(1, -1, 16, 16))
    assert not torch.allclose(gray[..., 0, 0], gray[..., 8, 8]), 'padded with gray'


def test_pooling_sees_5_9_and_13_cells():
    torch.manual_seed(1)
    pooling = SpatialPyramidPooling(4)
    x = torch.rand(1, 4, 15, 20)
    with torch.no_grad():
        y = pooling.reduce(x)
        pooled = [F.max_pool2d(y, k, 1, k // 2) for k in (5, 9, 13)]
        torch.testing.assert_close(pooling(x), pooling.merge(torch.cat([y, *pooled], 1)))


def test_predictions_are_read_from_the_maps(trunk):
    with torch.no_grad():
        maps = trunk(torch.rand(1, 3, 64, 96) * 2 - 1)
        raw = trunk.predictions(maps)
    assert raw.shape == (1, 8 * 12 + 4 * 6 + 2 * 3, 8)
    head, width = trunk.heads[1], trunk.head_width
    classes, boxes = maps[3][0, -2 * width : -width, 2, 5], maps[3][0, -width:, 2, 5]
    row = raw[0, 8 * 12 + 2 * 6 + 5]
    expected = [
        head.box_prediction.weight[..., 0, 0] @ boxes + head.box_prediction.bias,
        head.objectness_prediction.weight[..., 0, 0] @ boxes + head.objectness_prediction.bias,
        head.class_prediction.weight[..., 0, 0] @ classes + head.class_prediction.bias,
    ]
    torch.testing.assert_close(row, torch.cat(expected), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(probabilities(raw)[0, 0, 4:], raw[0, 0, 4:].sigmoid())


def test_boxes_are_counted_in_strides_from_their_cells_corner():
    raw = torch.zeros(1, 8 * 12 + 4 * 6 + 2 * 3, 5)
    raw[0, 8 * 12 + 1 * 6 + 2, :2] = torch.tensor([0.5, 0.25])
    raw[0, 8 * 12 + 1 * 6 + 2, 2:4] = torch.tensor([2.0, 3.0]).log()
    boxes = decoded_boxes(raw, 64, 96)
    # Stride 16, column 2, row 1: centre (2.5, 1.25) and size (2, 3), in strides.
    expected = torch.tensor([2.5 * 16 / 96, 1.25 * 16 / 64, 2 * 16 / 96, 3 * 16 / 64])
    torch.testing.assert_close(boxes[0, 8 * 12 + 1 * 6 + 2], expected)
    torch.testing.assert_close(boxes[0, 13, 2:], torch.tensor([8 / 96, 8 / 64]))
    assert boxes[0, -1].tolist() == pytest.approx([2 * 32 / 96, 32 / 64, 32 / 96, 32 / 64])
