"""Names of SAM 3's tracker: checkpoint (canonical, with ``tracker.``) to ours."""

from __future__ import annotations

from efficientsam3_ros.model.weights.keys.encoder_keys import TRACKER_NECK, TRACKER_NECK_RULES
from efficientsam3_ros.model.weights.keys.key_rules import Rule, renamed
from efficientsam3_ros.model.weights.keys.parts import DROPPED_LEVEL, reason_among

_DECODER = 'track_step.mask_decoder'
_ENCODER = 'memorise.memory_encoder'
_ATTENTION = 'tracker.transformer.encoder'
_OUR_ATTENTION = 'track_step.memory_attention'


def _attention(theirs: str, ours: str) -> tuple[Rule, ...]:
    return Rule(f'{theirs}.out_proj', f'{ours}.o_proj'), Rule(theirs, ours)


TRACKER_RULES: tuple[Rule, ...] = (
    *renamed(
        'tracker',
        'track_step',
        {
            'maskmem_tpos_enc': 'temporal_code.slots',
            'obj_ptr_tpos_proj': 'temporal_code.age_proj',
            'no_mem_embed': 'no_memory',
            'no_obj_ptr': 'no_pointer',
            'obj_ptr_proj': 'pointer_head',
        },
    ),
    *renamed(
        'tracker.sam_prompt_encoder',
        _DECODER,
        {
            'pe_layer.positional_encoding_gaussian_matrix': 'fourier',
            'not_a_point_embed.weight': 'no_point',
            'no_mask_embed.weight': 'no_mask',
        },
    ),
    *renamed(
        'tracker.sam_mask_decoder',
        _DECODER,
        {
            'obj_score_token.weight': 'object_token',
            'iou_token.weight': 'quality_token',
            'mask_tokens.weight': 'mask_tokens',
            'output_upscaling.0': 'upscaling.doublings.0',
            'output_upscaling.1': 'upscaling.norms.0',
            'output_upscaling.3': 'upscaling.doublings.1',
            'conv_s0': 'upscaling.lateral_0',
            'conv_s1': 'upscaling.lateral_1',
            'output_hypernetworks_mlps': 'kernels',
            'iou_prediction_head': 'quality_head',
            'pred_obj_score_head': 'object_head',
            'transformer.norm_final_attn': 'transformer.final_norm',
            'transformer.layers.{n}.norm{k}': 'transformer.layers.{n}.norm{k}',
            'transformer.layers.{n}.mlp.lin1': 'transformer.layers.{n}.mlp.layers.0',
            'transformer.layers.{n}.mlp.lin2': 'transformer.layers.{n}.mlp.layers.1',
        },
    ),
    *(
        rule
        for theirs, ours in (
            ('layers.{n}.self_attn', 'layers.{n}.self_attn'),
            ('layers.{n}.cross_attn_token_to_image', 'layers.{n}.token_to_image'),
            ('layers.{n}.cross_attn_image_to_token', 'layers.{n}.image_to_token'),
            ('final_attn_token_to_image', 'final_attn'),
        )
        for rule in _attention(
            f'tracker.sam_mask_decoder.transformer.{theirs}', f'{_DECODER}.transformer.{ours}'
        )
    ),
    *renamed(
        'tracker.maskmem_backbone',
        _ENCODER,
        {
            'mask_downsampler.encoder': 'mask_downsampler',
            'pix_feat_proj': 'feature_proj',
            'out_proj': 'out_proj',
            'fuser.layers.{n}.dwconv': 'fuser.{n}.depthwise',
            'fuser.layers.{n}.norm': 'fuser.{n}.norm',
            'fuser.layers.{n}.pwconv1': 'fuser.{n}.up',
            'fuser.layers.{n}.pwconv2': 'fuser.{n}.down',
            'fuser.layers.{n}.gamma': 'fuser.{n}.scale',
        },
    ),
    *_attention(
        f'{_ATTENTION}.layers.{{n}}.self_attn', f'{_OUR_ATTENTION}.layers.{{n}}.self_attn'
    ),
    *_attention(
        f'{_ATTENTION}.layers.{{n}}.cross_attn_image', f'{_OUR_ATTENTION}.layers.{{n}}.cross_attn'
    ),
    *renamed(
        _ATTENTION,
        _OUR_ATTENTION,
        {
            'layers.{n}.norm{k}': 'layers.{n}.norm{k}',
            'layers.{n}.linear1': 'layers.{n}.mlp.layers.0',
            'layers.{n}.linear2': 'layers.{n}.mlp.layers.1',
            'norm': 'norm',
        },
    ),
    Rule('tracker.no_obj_embed_spatial', f'{_ENCODER}.occlusion'),
    *TRACKER_NECK_RULES,
)
"""All that tracking without clicks needs, its neck included."""

_PROMPT_ENCODER = 'tracker.sam_prompt_encoder'
PROMPTS = (f'{_PROMPT_ENCODER}.point_embeddings.', f'{_PROMPT_ENCODER}.mask_downscaling.')
"""What keys of clicks, boxes and mask prompts begin with: training alone asks by them."""
PROMPT_LABELS = tuple(f'{PROMPTS[0]}{n}.weight' for n in range(4))
LABELS = f'{PROMPTS[0]}weight'
"""The four of these as one table."""
PROMPT_RULES: tuple[Rule, ...] = (
    Rule(LABELS, 'labels'),
    Rule(f'{_PROMPT_ENCODER}.mask_downscaling', 'mask'),
)

_UNREAD = {
    DROPPED_LEVEL: (f'{TRACKER_NECK}.3.',),
    'clicks; objects are started from masks': ('tracker.sam_prompt_encoder.point_embeddings.',),
    'mask prompts; masks go into the memory': (
        'tracker.sam_prompt_encoder.mask_downscaling.',
        'tracker.mask_downsample.',
    ),
    'never read upstream': ('tracker.no_mem_pos_enc',),
}


def unread_reason(key: str) -> str | None:
    """Return why the video half leaves a canonical key, None if it has no reason to."""
    return reason_among(_UNREAD, key)
