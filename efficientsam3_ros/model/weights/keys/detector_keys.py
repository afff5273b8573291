"""Names of SAM 3's detector and exemplar encoder: checkpoint (without ``detector.``) to ours."""

from __future__ import annotations

from efficientsam3_ros.model.weights.keys.key_rules import Change, Rule, renamed

_ENCODER_LAYER = (
    ('self_attn', 'self_attn', Change.ATTENTION),
    ('cross_attn_image', 'cross_attn', Change.ATTENTION),
    ('linear1', 'mlp.layers.0', Change.NONE),
    ('linear2', 'mlp.layers.1', Change.NONE),
    ('norm{k}', 'norm{k}', Change.NONE),
)
# Upstream's norm1 stands behind the attention to the image, not behind the first attention.
_DECODER_LAYER = (
    ('self_attn', 'self_attn', Change.ATTENTION),
    ('norm2', 'self_attn_norm', Change.NONE),
    ('ca_text', 'text_cross_attn', Change.ATTENTION),
    ('catext_norm', 'text_cross_attn_norm', Change.NONE),
    ('cross_attn', 'vision_cross_attn', Change.ATTENTION),
    ('norm1', 'vision_cross_attn_norm', Change.NONE),
    ('linear1', 'mlp.layers.0', Change.NONE),
    ('linear2', 'mlp.layers.1', Change.NONE),
    ('norm3', 'mlp_norm', Change.NONE),
)


def _layers(
    theirs: str, ours: str, parts: tuple[tuple[str, str, Change], ...]
) -> tuple[Rule, ...]:
    return tuple(
        Rule(f'{theirs}.{{n}}.{their_part}', f'{ours}.{{n}}.{our_part}', change)
        for their_part, our_part, change in parts
    )


def _kept(theirs: str, ours: str, names: tuple[str, ...]) -> tuple[Rule, ...]:
    return renamed(theirs, ours, {name: name for name in names})


EXEMPLAR_RULES: tuple[Rule, ...] = (
    *_layers('geometry_encoder.encode', 'exemplar_encoder.layers', _ENCODER_LAYER),
    *renamed(
        'geometry_encoder',
        'exemplar_encoder',
        {
            'encode_norm': 'output_layer_norm',
            'norm': 'prompt_layer_norm',
            'img_pre_norm': 'vision_layer_norm',
        },
    ),
    *_kept(
        'geometry_encoder',
        'exemplar_encoder',
        (
            'label_embed',
            'cls_embed',
            'final_proj',
            'boxes_direct_project',
            'boxes_pool_project',
            'boxes_pos_enc_project',
            'points_direct_project',
            'points_pool_project',
            'points_pos_enc_project',
        ),
    ),
)
"""76 keys of a checkpoint."""

TRANSFORMER_RULES: tuple[Rule, ...] = (
    *_layers('transformer.encoder.layers', 'detector.fusion', _ENCODER_LAYER),
    *_layers('transformer.decoder.layers', 'detector.decoder.layers', _DECODER_LAYER),
    *renamed(
        'transformer.decoder',
        'detector',
        {
            # Embedding tables there, bare parameters here.
            'query_embed.weight': 'query_selection.query_embed',
            'reference_points.weight': 'query_selection.reference_points',
            'presence_token.weight': 'decoder.presence_token',
            'presence_token_head': 'presence.mlp',
            'presence_token_out_norm': 'decoder.presence_norm',
            'norm': 'decoder.output_norm',
            'bbox_embed': 'decoder.box_head',
            'ref_point_head': 'decoder.ref_point_head',
            'boxRPB_embed_x': 'decoder.box_bias.x',
            'boxRPB_embed_y': 'decoder.box_bias.y',
        },
    ),
)
"""283 keys of a checkpoint: fusion encoder and query decoder."""

SCORING_RULES: tuple[Rule, ...] = renamed(
    'dot_prod_scoring',
    'detector.scoring',
    {
        'prompt_mlp.layers': 'text_mlp.layers',
        'prompt_mlp.out_norm': 'text_norm',
        'prompt_proj': 'text_proj',
        'hs_proj': 'query_proj',
    },
)
"""10 keys of a checkpoint."""

MASK_HEAD_RULES: tuple[Rule, ...] = (
    Rule(
        'segmentation_head.cross_attend_prompt',
        'detector.mask_head.prompt_cross_attn',
        Change.ATTENTION,
    ),
    *renamed(
        'segmentation_head',
        'detector.mask_head',
        {
            'cross_attn_norm': 'prompt_cross_attn_norm',
            'pixel_decoder.conv_layers.0': 'pixel_decoder.conv_layers.0',
            'pixel_decoder.conv_layers.1': 'pixel_decoder.conv_layers.1',
            'pixel_decoder.norms.0': 'pixel_decoder.norms.0',
            'pixel_decoder.norms.1': 'pixel_decoder.norms.1',
            'mask_predictor.mask_embed': 'mask_embedder',
            'semantic_seg_head': 'semantic_projection',
            'instance_seg_head': 'instance_projection',
        },
    ),
)
"""24 of 28 keys of a checkpoint; the third step of the pixel decoder is never run upstream."""
