"""Reading image features inside boxes by RoIAlign (arXiv 1703.06870)."""

from __future__ import annotations

import torch
from torch import Tensor
from torchvision.ops import roi_align


def pool_boxes(features: Tensor, boxes: Tensor, bins: int) -> Tensor:
    """Average each cell of each box over as many samples as it covers of the map.

    Coordinates are not shifted by half a cell and a side measures at least one cell, as in SAM 3.
    Exported, it is the operator ``RoiAlign``.

    Args:
        features: (K or 1, C, H, W).
        boxes: (K, E, 4) cx, cy, w, h, each 0..1 of the image.
        bins: Cells of a box, per side.

    Returns:
        (K, E, C, bins, bins).
    """
    height, width = int(features.shape[-2]), int(features.shape[-1])
    center, half = boxes[..., :2], boxes[..., 2:] / 2
    corners = torch.cat([center - half, center + half], -1)
    corners = corners * corners.new_tensor([width, height, width, height])
    image = torch.zeros_like(corners[..., :1])
    if features.shape[0] > 1:
        image = image + torch.arange(boxes.shape[0], device=boxes.device)[:, None, None]
    rois = torch.cat([image, corners], -1).flatten(0, 1)
    pooled = roi_align(features, rois, bins, sampling_ratio=0, aligned=False)
    return pooled.unflatten(0, boxes.shape[:2])
