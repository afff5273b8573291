"""Box pooling against torchvision's roi_align."""

from __future__ import annotations

import pytest
from sam3_heads import pool_boxes_adaptively
import torch
from torch import Tensor

from efficientsam3_ros.model.layers.roi_sampling import pool_boxes

BINS = 3
# The last ones are thinner than a cell, and reach over the edge.
BOXES = torch.tensor(
    [
        [[0.5, 0.5, 0.9, 0.6], [0.3, 0.7, 0.2, 0.25], [0.6, 0.2, 0.01, 0.5]],
        [[0.4, 0.4, 0.33, 0.71], [0.97, 0.98, 0.02, 0.02], [0.05, 0.1, 0.5, 0.6]],
    ]
)


@pytest.fixture
def features() -> Tensor:
    return torch.randn(2, 5, 9, 12, generator=torch.Generator().manual_seed(0))


def roi_align(features: Tensor, samples: int) -> Tensor:
    torchvision = pytest.importorskip('torchvision')
    corners = torch.cat(
        [BOXES[..., :2] - BOXES[..., 2:] / 2, BOXES[..., :2] + BOXES[..., 2:] / 2], -1
    )
    rois = list((corners * torch.tensor([12.0, 9.0, 12.0, 9.0])).unbind(0))
    pooled = torchvision.ops.roi_align(features, rois, BINS, sampling_ratio=samples)
    return pooled.unflatten(0, (2, 3))


def test_two_by_two_samples_equal_roi_align(features):
    torch.testing.assert_close(
        pool_boxes(features, BOXES, BINS), roi_align(features, 2), atol=1e-5, rtol=1e-5
    )


def test_adaptive_samples_equal_roi_align(features):
    expected = roi_align(features, -1)
    assert not torch.allclose(expected, roi_align(features, 2), atol=1e-2)
    torch.testing.assert_close(
        pool_boxes_adaptively(features, BOXES, BINS), expected, atol=1e-5, rtol=1e-5
    )


def test_one_image_serves_several_prompts(features):
    shared = features[:1]
    for pool in (pool_boxes, pool_boxes_adaptively):
        pooled = pool(shared, BOXES, BINS)
        torch.testing.assert_close(pooled[1:], pool(shared, BOXES[1:], BINS))
