"""YOLOX as a trunk: maps at strides 2 to 32 that hold what its head knows."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.image.yolox.backbone import Backbone, Pyramid
from efficientsam3_ros.model.image.yolox.head import STRIDES, LevelHead, decoded_boxes

COCO_CLASSES = 80
HEAD_WIDTH = 64
"""Channels of YOLOX-nano's head."""


class YoloxTrunk(nn.Module):
    """Backbone, pyramid and head; the defaults are YOLOX-nano with the classes of COCO.

    From stride 8 on a map is the pyramid's, followed by the head's features of classes and of
    boxes: the source reads its classes out of them with one linear layer, so that they name what
    is seen better than the pyramid does.

    Args:
        base: Channels of the stem, even.
        classes: Number of classes of the source.

    Attributes:
        channels: Of the maps.
    """

    def __init__(self, base: int = 16, classes: int = COCO_CLASSES) -> None:
        super().__init__()
        levels, self.head_width = (4 * base, 8 * base, 16 * base), 4 * base
        self.backbone = Backbone(base)
        self.pyramid = Pyramid(levels[0])
        self.heads = nn.ModuleList(LevelHead(c, self.head_width, classes) for c in levels)
        self.channels = (base, 2 * base, *(c + 2 * self.head_width for c in levels))

    def forward(self, image: Tensor) -> list[Tensor]:
        """Encode an image.

        Args:
            image: (B, 3, H, W) RGB, -1..1, as every input of nano.

        Returns:
            Maps (B, C, ceil(H / s), ceil(W / s)) at strides s = 2, 4, 8, 16 and 32.
        """
        # The source pads with black, which is 0 in its own range only.
        m2, m4, *coarse = self.backbone(image * 127.5 + 127.5)
        levels = self.pyramid(*coarse)
        joined = [torch.cat([x, *head(x)], 1) for head, x in zip(self.heads, levels)]
        return [m2, m4, *joined]

    def predictions(self, maps: list[Tensor]) -> Tensor:
        """Return the source's raw predictions from the maps of :meth:`forward`.

        For training only: an exported image encoder holds no prediction layer.

        Returns:
            (B, N, 5 + classes), all levels, finest first; see ``LevelHead.predict``.
        """
        rows = []
        for head, joined in zip(self.heads, maps[2:], strict=True):
            assert isinstance(head, LevelHead)
            classes, boxes = joined[:, -2 * self.head_width :].chunk(2, 1)
            rows.append(head.predict(classes, boxes))
        return torch.cat(rows, 1)

    def cells(self, maps: list[Tensor]) -> Tensor:
        """Return what the head knows of every cell, for a detector that asks by words.

        Args:
            maps: From :meth:`forward`.

        Returns:
            (B, N, head width + 5), all levels, finest first: features of classes, logarithm of
            the objectness, box as cx, cy, w, h, each 0..1 of the input.
        """
        rows, raw = [], []
        for head, joined in zip(self.heads, maps[2:], strict=True):
            assert isinstance(head, LevelHead)
            classes, boxes = joined[:, -2 * self.head_width :].chunk(2, 1)
            # Exported, logsigmoid is the logarithm of a number that may round to nothing.
            objectness = -F.softplus(-head.objectness_prediction(boxes))
            rows.append(torch.cat([classes, objectness], 1).flatten(2))
            raw.append(head.box_prediction(boxes).flatten(2))
        height, width = (STRIDES[0] * int(side) for side in maps[2].shape[-2:])
        boxes = decoded_boxes(torch.cat(raw, 2).transpose(1, 2), height, width)
        return torch.cat([torch.cat(rows, 2).transpose(1, 2), boxes], -1)

    def stages(self) -> list[tuple[nn.Module, ...]]:
        """Return what is computed, in order: stem, four stages, pyramid, head."""
        body = self.backbone
        single = (body.stem, body.stage4, body.stage8, body.stage16, body.stage32, self.pyramid)
        return [*((module,) for module in single), (self.heads,)]
