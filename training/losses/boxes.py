"""Box distances."""

from __future__ import annotations

import torch
from torch import Tensor
from torchvision.ops import generalized_box_iou, generalized_box_iou_loss


def corners(boxes: Tensor) -> Tensor:
    """Turn (..., 4) cx, cy, w, h into x0, y0, x1, y1."""
    half = boxes[..., 2:] / 2
    return torch.cat([boxes[..., :2] - half, boxes[..., :2] + half], -1)


def box_cost(predicted: Tensor, truth: Tensor) -> Tensor:
    """Matching cost 5 L1 - 2 GIoU between (Q, 4) and (G, 4) cx, cy, w, h boxes: (Q, G)."""
    giou = generalized_box_iou(corners(predicted), corners(truth))
    return 5 * torch.cdist(predicted, truth, p=1) - 2 * giou


def box_loss(predicted: Tensor, truth: Tensor) -> Tensor:
    """5 L1 + 2 GIoU loss of matched (M, 4) boxes, summed."""
    giou = generalized_box_iou_loss(corners(predicted), corners(truth), reduction='sum')
    return 5 * (predicted - truth).abs().sum() + 2 * giou
