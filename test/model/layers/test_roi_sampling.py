"""Box pooling: cells of any size, and the exported operator."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from efficientsam3_ros.model.layers.roi_sampling import pool_boxes

BINS = 3
# From the whole image down to one thinner than a cell, and two that reach over the edge.
BOXES = torch.tensor(
    [
        [[0.5, 0.5, 1.0, 1.0], [0.5, 0.5, 0.9, 0.6], [0.6, 0.2, 0.01, 0.5]],
        [[0.4, 0.4, 0.33, 0.71], [0.97, 0.98, 0.1, 0.1], [0.05, 0.1, 0.5, 0.6]],
    ]
)


class Pool(nn.Module):
    def forward(self, features: Tensor, boxes: Tensor) -> Tensor:
        return pool_boxes(features, boxes, BINS)


@pytest.fixture
def features() -> Tensor:
    return torch.randn(2, 5, 36, 48, generator=torch.Generator().manual_seed(0))


def reference(features: np.ndarray, box: list[float]) -> np.ndarray:
    """Return roi_align's cells (C, bins, bins), written out sample by sample."""
    height, width = features.shape[-2:]
    center_x, center_y, w, h = box
    left, top = (center_x - w / 2) * width, (center_y - h / 2) * height
    cell_x, cell_y = max(w * width, 1) / BINS, max(h * height, 1) / BINS
    across, down = int(np.ceil(cell_x)), int(np.ceil(cell_y))
    out = np.zeros((features.shape[0], BINS, BINS))
    for row in range(BINS):
        for column in range(BINS):
            for j in range(down):
                for i in range(across):
                    y = top + cell_y * (row + (j + 0.5) / down)
                    x = left + cell_x * (column + (i + 0.5) / across)
                    out[:, row, column] += bilinear(features, y, x) / (down * across)
    return out


def bilinear(features: np.ndarray, y: float, x: float) -> np.ndarray:
    height, width = features.shape[-2:]
    if not (-1 <= y <= height and -1 <= x <= width):
        return np.zeros(features.shape[0])
    y, x = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
    y0, x0 = int(y), int(x)
    y1, x1 = min(y0 + 1, height - 1), min(x0 + 1, width - 1)
    upper = features[:, y0, x0] * (1 - x + x0) + features[:, y0, x1] * (x - x0)
    lower = features[:, y1, x0] * (1 - x + x0) + features[:, y1, x1] * (x - x0)
    return upper * (1 - y + y0) + lower * (y - y0)


def test_cells_are_averages_over_as_many_samples_as_they_cover(features):
    pooled = pool_boxes(features, BOXES, BINS).numpy()
    for prompt, boxes in enumerate(BOXES.tolist()):
        for slot, box in enumerate(boxes):
            expected = reference(features[prompt].double().numpy(), box)
            np.testing.assert_allclose(pooled[prompt, slot], expected, atol=1e-5)


def test_one_image_serves_several_prompts(features):
    shared = features[:1]
    pooled = pool_boxes(shared, BOXES, BINS)
    torch.testing.assert_close(pooled[1:], pool_boxes(shared, BOXES[1:], BINS))


@pytest.fixture(scope='module')
def graph(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp('roi') / 'pool.onnx'
    torch.onnx.export(
        Pool().eval(),
        (torch.zeros(1, 5, 36, 48), BOXES),
        str(path),
        input_names=['features', 'boxes'],
        output_names=['cells'],
        dynamic_shapes=(None, {0: torch.export.Dim('k', max=9), 1: torch.export.Dim('e', max=9)}),
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    return path


def test_the_exported_operator_pools_alike(features, graph):
    shared = features[:1]
    session = onnxruntime.InferenceSession(str(graph), providers=['CPUExecutionProvider'])
    (cells,) = session.run(None, {'features': shared.numpy(), 'boxes': BOXES[:1].numpy()})
    np.testing.assert_allclose(cells, pool_boxes(shared, BOXES[:1], BINS).numpy(), atol=1e-5)
