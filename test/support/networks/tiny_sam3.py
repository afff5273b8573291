"""Tiny random SAM 3 models of transformers, and a tokenizer without files."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

WIDTH = 128
CONTEXT = 8
SIZE = 56


def sam3_config():
    """Return a configuration of a few hundred thousand weights: grid 4, width 64, five queries."""
    from transformers import Sam3Config

    shared = {'hidden_size': WIDTH, 'num_attention_heads': 2, 'intermediate_size': 48}
    backbone = {
        **shared,
        'model_type': 'sam3_vit_model',
        'num_hidden_layers': 2,
        'image_size': SIZE,
        'pretrain_image_size': 28,
        'patch_size': 14,
        'window_size': 2,
        'global_attn_indexes': [1],
    }
    text = {
        **shared,
        'vocab_size': 64,
        'num_hidden_layers': 1,
        'max_position_embeddings': CONTEXT,
        'projection_dim': 16,
        'bos_token_id': 1,
        'eos_token_id': 2,
        'pad_token_id': 0,
    }
    return Sam3Config(
        vision_config={'backbone_config': backbone, 'fpn_hidden_size': WIDTH},
        text_config=text,
        geometry_encoder_config={**shared, 'num_layers': 2, 'roi_size': 3},
        detr_encoder_config={**shared, 'num_layers': 1},
        detr_decoder_config={**shared, 'num_layers': 2, 'num_queries': 5},
        mask_decoder_config={'hidden_size': WIDTH, 'num_attention_heads': 2},
    )


def randomize(model: torch.nn.Module, seed: int = 0) -> None:
    """Fill every weight, so that no zero initialisation hides a missing path."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.copy_(noise * (0.5 if parameter.ndim > 1 else 0.1))


def tokenize(phrases: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Turn letters into ids, at most ``CONTEXT``, padded with 0."""
    ids = torch.zeros(len(phrases), CONTEXT, dtype=torch.long)
    for row, phrase in enumerate(phrases):
        for column, letter in enumerate(phrase[:CONTEXT]):
            ids[row, column] = 1 + ord(letter) % 60
    return ids, (ids != 0).long()


def video_config():
    """Return a configuration whose tracker fits :func:`sam3_config`."""
    from transformers import Sam3TrackerVideoConfig, Sam3VideoConfig

    detector = sam3_config()
    hidden = {'hidden_size': WIDTH}
    tracker = Sam3TrackerVideoConfig(
        vision_config={
            **detector.vision_config.to_dict(),
            'backbone_feature_sizes': [[16, 16], [8, 8], [4, 4]],
        },
        prompt_encoder_config={**hidden, 'image_size': SIZE, 'patch_size': 14},
        mask_decoder_config={
            **hidden,
            'mlp_dim': 32,
            'num_attention_heads': 2,
            'iou_head_hidden_dim': 16,
        },
        image_size=SIZE,
        memory_attention_hidden_size=WIDTH,
        memory_attention_num_layers=1,
        memory_attention_feed_forward_hidden_size=32,
        memory_attention_rope_feat_sizes=[4, 4],
        memory_encoder_hidden_size=WIDTH,
        # The memory attention of transformers expects 64 channels, whatever the rest.
        memory_encoder_output_channels=64,
        mask_downsampler_embed_dim=WIDTH,
        memory_fuser_embed_dim=WIDTH,
        memory_fuser_intermediate_dim=32,
        memory_fuser_num_layers=1,
    )
    return Sam3VideoConfig(
        detector_config=detector.to_dict(),
        tracker_config=tracker.to_dict(),
        low_res_mask_size=16,
        # Random weights find nothing by themselves; every query shall become an object.
        score_threshold_detection=0.0,
        new_det_thresh=0.0,
    )
