"""Tiny random SAM 3 tracker of transformers, and its state under upstream's names."""

from __future__ import annotations

from collections.abc import Mapping
import re

import tiny_sam3
import torch
from torch import Tensor

from efficientsam3_ros.model.memory.config import MemoryConfig
from efficientsam3_ros.model.memory.part_configs import MaskDecoderConfig

WIDTH, GRID = tiny_sam3.WIDTH, 4

# Transformers' names to upstream's, in this order.
_NAMES = (
    (r'^memory_temporal_positional_encoding$', 'maskmem_tpos_enc'),
    (r'^no_memory_embedding$', 'no_mem_embed'),
    (r'^no_memory_positional_encoding$', 'no_mem_pos_enc'),
    (r'^no_object_pointer$', 'no_obj_ptr'),
    (r'^occlusion_spatial_embedding_parameter$', 'no_obj_embed_spatial'),
    (r'^temporal_positional_encoding_projection_layer', 'obj_ptr_tpos_proj'),
    (r'(object_pointer_proj|hypernetworks_mlps\.\d|_head)\.layers\.0', r'\1.layers.1'),
    (r'(object_pointer_proj|hypernetworks_mlps\.\d|_head)\.proj_in', r'\1.layers.0'),
    (r'(object_pointer_proj|hypernetworks_mlps\.\d|_head)\.proj_out', r'\1.layers.2'),
    (r'^object_pointer_proj', 'obj_ptr_proj'),
    (
        r'^prompt_encoder\.shared_embedding\.positional_embedding',
        'sam_prompt_encoder.pe_layer.positional_encoding_gaussian_matrix',
    ),
    (r'^prompt_encoder\.mask_embed\.conv1', 'sam_prompt_encoder.mask_downscaling.0'),
    (r'^prompt_encoder\.mask_embed\.layer_norm1', 'sam_prompt_encoder.mask_downscaling.1'),
    (r'^prompt_encoder\.mask_embed\.conv2', 'sam_prompt_encoder.mask_downscaling.3'),
    (r'^prompt_encoder\.mask_embed\.layer_norm2', 'sam_prompt_encoder.mask_downscaling.4'),
    (r'^prompt_encoder\.mask_embed\.conv3', 'sam_prompt_encoder.mask_downscaling.6'),
    (r'^prompt_encoder', 'sam_prompt_encoder'),
    (r'^mask_decoder\.upscale_conv1', 'sam_mask_decoder.output_upscaling.0'),
    (r'^mask_decoder\.upscale_layer_norm', 'sam_mask_decoder.output_upscaling.1'),
    (r'^mask_decoder\.upscale_conv2', 'sam_mask_decoder.output_upscaling.3'),
    (r'^mask_decoder', 'sam_mask_decoder'),
    (r'(transformer\..*)mlp\.proj_in', r'\1mlp.lin1'),
    (r'(transformer\..*)mlp\.proj_out', r'\1mlp.lin2'),
    (r'layer_norm_final_attn', 'norm_final_attn'),
    (
        r'^memory_encoder\.mask_downsampler\.final_conv',
        'maskmem_backbone.mask_downsampler.encoder.12',
    ),
    (r'^memory_encoder\.memory_fuser', 'maskmem_backbone.fuser'),
    (r'depthwise_conv', 'dwconv'),
    (r'pointwise_conv', 'pwconv'),
    (r'(fuser\..*)layer_norm', r'\1norm'),
    (r'(fuser\..*)scale', r'\1gamma'),
    (r'^memory_encoder\.feature_projection', 'maskmem_backbone.pix_feat_proj'),
    (r'^memory_encoder\.projection', 'maskmem_backbone.out_proj'),
    (r'^memory_encoder', 'maskmem_backbone'),
    (r'^memory_attention\.layer_norm', 'transformer.encoder.norm'),
    (r'^memory_attention', 'transformer.encoder'),
    (r'(transformer\..*)mlp\.up_proj', r'\1linear1'),
    (r'(transformer\..*)mlp\.down_proj', r'\1linear2'),
    (r'(transformer\..*)o_proj', r'\1out_proj'),
    (r'(transformer\..*)layer_norm(\d)', r'\1norm\2'),
)
_DOWNSAMPLER = re.compile(r'memory_encoder\.mask_downsampler\.layers\.(\d)\.(conv|layer_norm)(.*)')


def upstream_state(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return a state of transformers under upstream's canonical names."""
    found: dict[str, Tensor] = {}
    for key, tensor in state.items():
        if key.startswith(('shared_image_embedding', 'spatial_perceiver', 'vision_encoder')):
            continue
        if key == 'prompt_encoder.point_embed.weight':
            for index, row in enumerate(tensor):
                name = f'tracker.sam_prompt_encoder.point_embeddings.{index}.weight'
                found[name] = row[None]
            continue
        found[f'tracker.{_upstream_name(key)}'] = tensor
    return found


def vision_neck(width: int):
    """Return the neck of transformers that stands before SAM 3's tracker, four levels."""
    from transformers import Sam3VisionConfig
    from transformers.models.sam3.modeling_sam3 import Sam3VisionNeck

    backbone = {'model_type': 'sam3_vit_model', 'hidden_size': 1024}
    return Sam3VisionNeck(Sam3VisionConfig(backbone_config=backbone, fpn_hidden_size=width)).eval()


def upstream_neck(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return a state of :func:`vision_neck` under upstream's canonical names."""
    found = {}
    for key, tensor in state.items():
        level, part, rest = re.fullmatch(r'fpn_layers\.(\d)\.(.*)\.(weight|bias)', key).groups()
        names = {'proj1': 'conv_1x1', 'proj2': 'conv_3x3', 'scale_layers.2': 'dconv_2x2_1'}
        names['scale_layers.0'] = 'dconv_2x2_0' if level == '0' else 'dconv_2x2'
        name = f'{level}.{names[part]}.{rest}'
        found[f'backbone.vision_backbone.sam2_convs.{name}'] = tensor
    return found


def _upstream_name(key: str) -> str:
    step = _DOWNSAMPLER.fullmatch(key)
    if step:
        index = 3 * int(step[1]) + (step[2] == 'layer_norm')
        return f'maskmem_backbone.mask_downsampler.encoder.{index}{step[3]}'
    for pattern, name in _NAMES:
        key = re.sub(pattern, name, key)
    return key


def tiny_tracker(layers: int = 2):
    """Return a random tracker of transformers on a grid of 4 x 4, without vision encoder."""
    from transformers import Sam3TrackerVideoModel

    config = tiny_sam3.video_config().tracker_config
    config.memory_attention_num_layers = layers
    config.memory_fuser_intermediate_dim = 2 * WIDTH
    config.mask_decoder_config.iou_head_hidden_dim = WIDTH
    config._attn_implementation = 'eager'
    model = Sam3TrackerVideoModel(config, remove_vision_encoder=True).eval()
    tiny_sam3.randomize(model)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if 'norm' in name and name.endswith('weight'):
                parameter.add_(1)
            elif '_head.' in name:
                parameter.mul_(0.2)
            elif parameter.ndim > 1 and '.layers.' in name:
                parameter.mul_(0.3)
    shared = model.prompt_encoder.shared_embedding.positional_embedding
    model.shared_image_embedding.positional_embedding.copy_(shared)
    return model


def tiny_memory(layers: int = 2) -> MemoryConfig:
    """Return the sizes of :func:`tiny_tracker`."""
    return MemoryConfig(
        kind='dense',
        grid=(GRID, GRID),
        width=WIDTH,
        attention_layers=layers,
        attention_width=WIDTH,
        feedforward=32,
        conditioning_slots=2,
        fuser_layers=1,
        fuser_expansion=2,
        decoder=MaskDecoderConfig(
            heads=2, feedforward=32, upscaling=(32, 16), level_channels=(WIDTH, WIDTH)
        ),
    )


def relative(value: Tensor, reference: Tensor) -> float:
    """Return the largest difference over the reference's largest magnitude."""
    return float((value - reference).abs().max() / reference.abs().max())
