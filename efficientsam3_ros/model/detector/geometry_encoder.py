"""Exemplars (boxes and points on the image) to prompt tokens, SAM 3's geometry encoder."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.detector.detector_config import DetectorConfig
from efficientsam3_ros.model.layers.cross_attention import CrossAttentionLayer
from efficientsam3_ros.model.layers.layers import fixed_position_code, mask_bias, sine_code
from efficientsam3_ros.model.layers.roi_sampling import pool_boxes


class GeometryEncoder(nn.Module):
    """One token for each exemplar, and one CLS token that is there without any exemplar, too.

    Args:
        config: The detector whose prompts these are.
    """

    def __init__(self, config: DetectorConfig) -> None:
        super().__init__()
        width = config.width
        self.width, self.bins = width, config.exemplar_bins
        self.label_embed = nn.Embedding(2, width)
        self.cls_embed = nn.Embedding(1, width)
        self.boxes_direct_project = nn.Linear(4, width)
        self.boxes_pool_project = nn.Conv2d(width, width, self.bins)
        self.boxes_pos_enc_project = nn.Linear(width + 2, width)
        self.points_direct_project = nn.Linear(2, width)
        self.points_pool_project = nn.Linear(width, width)
        self.points_pos_enc_project = nn.Linear(width, width)
        self.vision_layer_norm = nn.LayerNorm(width)
        self.final_proj = nn.Linear(width, width)
        self.prompt_layer_norm = nn.LayerNorm(width)
        self.layers = nn.ModuleList(
            CrossAttentionLayer(width, config.heads, config.feedforward)
            for _ in range(config.exemplar_layers)
        )
        self.output_layer_norm = nn.LayerNorm(width)

    def forward(
        self,
        level_2: Tensor,
        boxes: Tensor,
        box_labels: Tensor,
        box_valid: Tensor,
        points: Tensor,
        point_labels: Tensor,
        point_valid: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Encode padded slots.

        Args:
            level_2: Coarsest feature level (1 or K, width, G, G).
            boxes: (K, E, 4) cx, cy, w, h, each 0..1 of the image.
            box_labels: int64 (K, E), 1 positive, 0 negative.
            box_valid: (K, E), 1 = used slot.
            points: (K, P, 2) x, y, each 0..1.
            point_labels: int64 (K, P).
            point_valid: (K, P).

        Returns:
            Tokens (K, E + P + 1, width), boxes, then points, then CLS, and their mask
            (K, E + P + 1), 1 = valid.
        """
        features = self.vision_layer_norm(level_2.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        box_tokens = self._boxes(features, boxes) + self.label_embed(box_labels)
        point_tokens = self._points(features, points) + self.label_embed(point_labels)
        cls = self.cls_embed.weight.expand(boxes.shape[0], 1, -1)
        mask = torch.cat([box_valid, point_valid, torch.ones_like(cls[..., 0])], 1)
        x = torch.cat([box_tokens, point_tokens, cls], 1)
        x = self.prompt_layer_norm(self.final_proj(x))
        # The layers read the raw map; only the sampled features are normalised.
        image = level_2.flatten(2).transpose(1, 2)
        grid = int(level_2.shape[-2]), int(level_2.shape[-1])
        position = fixed_position_code(*grid, self.width, device=level_2.device)
        for layer in self.layers:
            x = layer(x, image, bias=mask_bias(mask), source_position=position)
        return self.output_layer_norm(x), mask

    def _boxes(self, features: Tensor, boxes: Tensor) -> Tensor:
        cx, cy, w, h = boxes.unbind(-1)
        code = sine_code(torch.stack([cy, cx], -1), self.width // 2)
        code = torch.cat([code, torch.stack([h, w], -1)], -1)
        tokens = self.boxes_direct_project(boxes) + self.boxes_pos_enc_project(code)
        if boxes.shape[1] == 0:
            return tokens
        pooled = pool_boxes(features, boxes, self.bins).flatten(2)
        project = self.boxes_pool_project
        # A valid convolution over the whole box is one product.
        return tokens + F.linear(pooled, project.weight.flatten(1), project.bias)

    def _points(self, features: Tensor, points: Tensor) -> Tensor:
        # Unlike boxes, points are coded x first.
        code = sine_code(points, self.width // 2)
        tokens = self.points_direct_project(points) + self.points_pos_enc_project(code)
        if points.shape[1] == 0:
            return tokens
        shared = features.expand(points.shape[0], -1, -1, -1)
        sampled = F.grid_sample(shared, (points * 2 - 1)[:, :, None], align_corners=False)
        return tokens + self.points_pool_project(sampled[..., 0].transpose(1, 2))
