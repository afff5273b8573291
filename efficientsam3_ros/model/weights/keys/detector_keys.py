"""Names of SAM 3's detector and exemplar encoder: checkpoint (without ``detector.``) to ours."""

from __future__ import annotations

from efficientsam3_ros.model.weights.keys.key_rules import Rule, attention, renamed


def _encoder_layers(theirs: str, ours: str) -> tuple[Rule, ...]:
    names = {'linear1': 'mlp.layers.0', 'linear2': 'mlp.layers.1', 'norm{k}': 'norm{k}'}
    return (
        *attention(f'{theirs}.{{n}}.self_attn', f'{ours}.{{n}}.self_attn'),
        *attention(f'{theirs}.{{n}}.cross_attn_image', f'{ours}.{{n}}.cross_attn'),
        *renamed(f'{theirs}.{{n}}', f'{ours}.{{n}}', names),
    )


def _decoder_layers(theirs: str, ours: str) -> tuple[Rule, ...]:
    names = {
        # Upstream's norm1 stands behind the attention to the image, not the first attention.
        'norm1': 'vision_cross_attn_norm',
        'norm2': 'self_attn_norm',
        'catext_norm': 'text_cross_attn_norm',
        'norm3': 'mlp_norm',
        'linear1': 'mlp.layers.0',
        'linear2': 'mlp.layers.1',
    }
    return (
        *attention(f'{theirs}.{{n}}.self_attn', f'{ours}.{{n}}.self_attn'),
        *attention(f'{theirs}.{{n}}.ca_text', f'{ours}.{{n}}.text_cross_attn'),
        *attention(f'{theirs}.{{n}}.cross_attn', f'{ours}.{{n}}.vision_cross_attn'),
        *renamed(f'{theirs}.{{n}}', f'{ours}.{{n}}', names),
    )


DETECTOR_RULES: tuple[Rule, ...] = (
    # The exemplar encoder: 76 keys of a checkpoint.
    *_encoder_layers('geometry_encoder.encode', 'exemplar_encoder.layers'),
    *renamed(
        'geometry_encoder',
        'exemplar_encoder',
        {
            'encode_norm': 'output_layer_norm',
            'norm': 'prompt_layer_norm',
            'img_pre_norm': 'vision_layer_norm',
        },
    ),
    # The other parts keep their names.
    Rule('geometry_encoder', 'exemplar_encoder'),
    # Fusion encoder and query decoder: 283 keys.
    *_encoder_layers('transformer.encoder.layers', 'detector.fusion'),
    *_decoder_layers('transformer.decoder.layers', 'detector.decoder.layers'),
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
    # Scoring: 10 keys.
    *renamed(
        'dot_prod_scoring',
        'detector.scoring',
        {
            'prompt_mlp.layers': 'text_mlp.layers',
            'prompt_mlp.out_norm': 'text_norm',
            'prompt_proj': 'text_proj',
            'hs_proj': 'query_proj',
        },
    ),
    # The mask head: 24 of 28 keys; the third step of the pixel decoder is never run upstream.
    *attention('segmentation_head.cross_attend_prompt', 'detector.mask_head.prompt_cross_attn'),
    *renamed(
        'segmentation_head',
        'detector.mask_head',
        {
            'cross_attn_norm': 'prompt_cross_attn_norm',
            'pixel_decoder': 'pixel_decoder',
            'mask_predictor.mask_embed': 'mask_embedder',
            'semantic_seg_head': 'semantic_projection',
            'instance_seg_head': 'instance_projection',
        },
    ),
)
"""Exemplar encoder and detector."""
