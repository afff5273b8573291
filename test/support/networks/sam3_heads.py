"""SAM 3's detector in transformers and ours, with the same random weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import re

import torch
from torch import Tensor, nn

from efficientsam3_ros.model.detector.detector_config import DetectorConfig
from efficientsam3_ros.model.detector.geometry_encoder import GeometryEncoder
from efficientsam3_ros.model.detector.sam3_detector import Sam3Detector
from efficientsam3_ros.model.layers.layers import mask_bias

TINY = DetectorConfig(
    width=32,
    heads=4,
    feedforward=48,
    fusion_layers=2,
    decoder_layers=2,
    exemplar_layers=2,
    queries=7,
    exemplar_bins=3,
    kept_queries=None,
)

# transformers' name to ours; the rest keeps its name.
_RENAMED = (
    (r'mask_decoder\.pixel_decoder\.(conv_layers|norms)\.2\..*', ''),
    (r'^(vision_encoder|text_encoder|text_projection)\..*', ''),
    (r'\.layer_norm(\d)\.', r'.norm\1.'),
    (r'\.mlp\.fc1\.', '.mlp.layers.0.'),
    (r'\.mlp\.fc2\.', '.mlp.layers.1.'),
    (r'\.layer1\.', '.layers.0.'),
    (r'\.layer2\.', '.layers.1.'),
    (r'\.layer3\.', '.layers.2.'),
    (r'_attn_layer_norm\.', '_attn_norm.'),
    (r'mlp_layer_norm\.', 'mlp_norm.'),
    (r'box_rpb_embed_([xy])\.', r'box_bias.\1.'),
    (r'detr_decoder\.(query_embed|reference_points)\.weight', r'detector.query_selection.\1'),
    (r'detr_decoder\.presence_token\.weight', 'detector.decoder.presence_token'),
    (r'detr_decoder\.presence_head\.', 'detector.presence.mlp.'),
    (r'detr_decoder\.(output|presence)_layer_norm\.', r'detector.decoder.\1_norm.'),
    (r'text_mlp_out_norm\.', 'text_norm.'),
    (r'^detr_encoder\.layers\.', 'detector.fusion.'),
    (r'^detr_decoder\.', 'detector.decoder.'),
    (r'^mask_decoder\.', 'detector.mask_head.'),
    (r'^dot_product_scoring\.', 'detector.scoring.'),
    (r'^geometry_encoder\.', 'exemplar_encoder.'),
)


@dataclass(frozen=True)
class Answer:
    """What both implementations are compared by.

    Logits, boxes as cx, cy, w, h, and the probability of presence: as the only number of a prompt
    its logit may happen to lie near zero, where a relative difference means nothing.
    """

    logits: Tensor
    boxes: Tensor
    presence: Tensor
    masks: Tensor
    semantic: Tensor


@dataclass(frozen=True)
class Question:
    """Random features and prompts; masks and validity are 1 for used slots."""

    levels: tuple[Tensor, Tensor, Tensor]
    text: Tensor
    text_mask: Tensor
    boxes: Tensor
    box_labels: Tensor
    box_valid: Tensor


class Heads(nn.Module):
    """Our parts, named as in the whole model."""

    def __init__(self, config: DetectorConfig) -> None:
        super().__init__()
        self.exemplar_encoder = GeometryEncoder(config)
        self.detector = Sam3Detector(config)

    def prompt(self, asked: Question) -> tuple[Tensor, Tensor]:
        """Return text and exemplar tokens with their mask."""
        count = len(asked.text)
        points = asked.text.new_zeros(count, 0, 2)
        labels = asked.box_labels.new_zeros(count, 0)
        tokens, mask = self.exemplar_encoder(
            asked.levels[2],
            asked.boxes,
            asked.box_labels,
            asked.box_valid,
            points,
            labels,
            points[..., 0],
        )
        return torch.cat([asked.text, tokens], 1), torch.cat([asked.text_mask, mask], 1)

    def answer(self, asked: Question) -> Answer:
        """Run our implementation."""
        prompt = self.prompt(asked)
        found = self.detector.detect(asked.levels[2], *prompt)
        head, bias = self.detector.mask_head, mask_bias(prompt[1])
        pixels = head.pixels(*asked.levels[:2], found.memory, prompt[0], bias)
        masks, semantic = head.instances(found.queries, pixels), head.semantic_projection(pixels)
        return Answer(found.logits[-1], found.boxes[-1], found.presence.sigmoid(), masks, semantic)


def randomize(model: nn.Module, seed: int = 0) -> None:
    """Fill every weight so that no branch is silent, and activations keep their scale."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in model.named_parameters():
            noise = torch.randn(value.shape, generator=generator)
            if value.ndim < 2:
                value.copy_(0.1 * noise + (1.0 if name.endswith('weight') else 0.0))
            elif not re.search('embed.weight|presence_token|reference_points', name):
                value.copy_(noise / value[0].numel() ** 0.5)
            else:
                # Some boxes start where the inverse sigmoid is cut off.
                value.copy_(noise * (4 if 'reference_points' in name else 1))


def reference_model(config: DetectorConfig) -> nn.Module:
    """Return transformers' ``Sam3Model``, random, with trunk and text encoder of no size."""
    from transformers import Sam3Config, Sam3Model

    small = {'hidden_size': 8, 'num_attention_heads': 1, 'intermediate_size': 8}
    trunk = {**small, 'model_type': 'sam3_vit_model', 'num_hidden_layers': 1, 'image_size': 28}
    trunk |= {'pretrain_image_size': 28, 'window_size': 2, 'global_attn_indexes': [0]}
    size = {'hidden_size': config.width, 'num_attention_heads': config.heads}
    sizes = {**size, 'intermediate_size': config.feedforward}
    queries = {'num_layers': config.decoder_layers, 'num_queries': config.queries}
    exemplars = {'num_layers': config.exemplar_layers, 'roi_size': config.exemplar_bins}
    model = Sam3Model(
        Sam3Config(
            vision_config={'backbone_config': trunk, 'fpn_hidden_size': config.width},
            text_config={**small, 'vocab_size': 8, 'num_hidden_layers': 1, 'projection_dim': 8},
            geometry_encoder_config={**sizes, **exemplars},
            detr_encoder_config={**sizes, 'num_layers': config.fusion_layers},
            detr_decoder_config={**sizes, **queries},
            mask_decoder_config=size,
        )
    )
    randomize(model)
    return model.eval()


def renamed(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Rename transformers' weights to ours; unused ones are dropped."""
    result = {}
    for name, value in weights.items():
        for pattern, replacement in _RENAMED:
            name = re.sub(pattern, replacement, name)
        if name:
            result[name] = value
    return result


def load(heads: Heads, reference: nn.Module) -> Heads:
    """Give ours the reference's weights; it has no point prompts, which stay random."""
    weights = renamed(reference.state_dict())
    points = {k: v for k, v in heads.state_dict().items() if '.points_' in k}
    heads.load_state_dict({**weights, **points}, strict=True)
    return heads.eval()


def ask(config: DetectorConfig, grid: int, prompts: int = 2, boxes: int = 3) -> Question:
    """Return random inputs: padded text, and boxes of which the last slot is empty."""
    generator = torch.Generator().manual_seed(5)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    levels = tuple(normal(1, config.width, grid * s, grid * s) for s in (4, 2, 1))
    text_mask = torch.ones(prompts, 5)
    text_mask[:, 3:] = 0
    text_mask[-1, 1:] = 0
    box_valid = torch.ones(prompts, boxes)
    box_valid[:, -1:] = 0
    center = torch.rand(prompts, boxes, 2, generator=generator)
    side = torch.rand(prompts, boxes, 2, generator=generator) * 0.8 + 0.05
    labels = torch.randint(0, 2, (prompts, boxes), generator=generator)
    text = normal(prompts, 5, config.width)
    return Question(levels, text, text_mask, torch.cat([center, side], -1), labels, box_valid)


def without_boxes(asked: Question) -> Question:
    """Keep the text only."""
    return Question(
        asked.levels,
        asked.text,
        asked.text_mask,
        asked.boxes[:, :0],
        asked.box_labels[:, :0],
        asked.box_valid[:, :0],
    )


def reference_answer(model: nn.Module, asked: Question) -> Answer:
    """Run transformers; without boxes its CLS token is added by hand, as SAM 3 itself does."""
    from transformers.models.sam3.modeling_sam3 import (
        Sam3SinePositionEmbedding,
        Sam3VisionEncoderOutput,
    )

    count = len(asked.text)
    levels = [level.expand(count, -1, -1, -1) for level in asked.levels]
    code = Sam3SinePositionEmbedding(levels[0].shape[1] // 2, normalize=True)
    places = [code(x.shape, x.device, x.dtype) for x in levels]
    # The model drops its last level unread.
    image = Sam3VisionEncoderOutput(
        fpn_hidden_states=(*levels, levels[-1]), fpn_position_encoding=(*places, places[-1])
    )
    text, mask = asked.text, asked.text_mask.long()
    boxes: dict[str, Tensor] = {}
    if asked.boxes.shape[1]:
        labels = asked.box_labels.where(asked.box_valid > 0, -10)
        boxes = {'input_boxes': asked.boxes, 'input_boxes_labels': labels}
    else:
        text = torch.cat([text, _cls_token(model, levels, places)], 1)
        mask = torch.cat([mask, torch.ones_like(mask[:, :1])], 1)
    out = model(vision_embeds=image, text_embeds=_Text(text), attention_mask=mask, **boxes)
    low, high = out.pred_boxes[..., :2], out.pred_boxes[..., 2:]
    return Answer(
        out.pred_logits,
        torch.cat([(low + high) / 2, high - low], -1),
        out.presence_logits[:, 0].sigmoid(),
        out.pred_masks,
        out.semantic_seg,
    )


@dataclass(frozen=True)
class _Text:
    pooler_output: Tensor


def _cls_token(model: nn.Module, levels: list[Tensor], places: list[Tensor]) -> Tensor:
    count = len(levels[0])
    out = model.geometry_encoder(
        box_embeddings=torch.full((count, 1, 4), 0.5),
        box_mask=torch.zeros(count, 1, dtype=torch.bool),
        box_labels=torch.zeros(count, 1, dtype=torch.long),
        img_feats=levels,
        img_pos_embeds=places,
    )
    # An empty slot follows the valid ones.
    return out.last_hidden_state[:, :1]
