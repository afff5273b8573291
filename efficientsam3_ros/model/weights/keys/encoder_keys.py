"""Names of the image head, SAM 3's necks and MobileCLIP; trunks are in ``trunk_keys``."""

from __future__ import annotations

from efficientsam3_ros.model.weights.keys.key_rules import Rule, fused_linear, renamed

TRUNK = 'backbone.vision_backbone.trunk.model.backbone.model'
OUR_TRUNK = 'image_encoder.trunk'
HEAD = 'backbone.vision_backbone.trunk.model.head'
NECK = 'backbone.vision_backbone.convs'
TRACKER_NECK = 'backbone.vision_backbone.sam2_convs'
OUR_TRACKER_LEVELS = 'image_encoder.neck.tracker_layers'
TEXT = 'backbone.language_backbone.encoder'
OUR_TEXT = 'text_encoder'
POSITIONS = f'{TEXT}.positional_embedding.pos_embed.pos_embed'
"""The one table whose length depends on the context: (1, 1, rows, width)."""


def _levels(theirs: str, ours: str) -> tuple[Rule, ...]:
    """Return the rules of three of four levels; the fourth is computed and dropped upstream."""
    return (
        Rule(f'{theirs}.0.dconv_2x2_0', f'{ours}.0.scale_layers.0'),
        Rule(f'{theirs}.0.dconv_2x2_1', f'{ours}.0.scale_layers.2'),
        Rule(f'{theirs}.1.dconv_2x2', f'{ours}.1.scale_layers.0'),
        *(
            Rule(f'{theirs}.{level}.{name}', f'{ours}.{level}.{our_name}')
            for level in range(3)
            for name, our_name in (('conv_1x1', 'proj1'), ('conv_3x3', 'proj2'))
        ),
    )


IMAGE_RULES: tuple[Rule, ...] = (
    Rule(HEAD, 'image_encoder.neck.head'),
    *_levels(NECK, 'image_encoder.neck.fpn_layers'),
)
"""The head and the detector's neck."""

TRACKER_NECK_RULES: tuple[Rule, ...] = _levels(TRACKER_NECK, OUR_TRACKER_LEVELS)
"""The tracker's neck, 18 keys of a checkpoint."""

_TEXT_NAMES = {
    'embedding_layer': 'embeddings.token_embedding',
    'positional_embedding.pos_embed.pos_embed': 'embeddings.position_embedding.position_embedding',
    'final_layer_norm': 'final_layer_norm',
}
_TEXT_LAYER = {
    'pre_norm_mha.0': 'layer_norm1',
    'pre_norm_mha.1.out_proj': 'self_attn.out_proj',
    'pre_norm_ffn.0': 'layer_norm2',
    'pre_norm_ffn.1': 'mlp.fc1',
    'pre_norm_ffn.4': 'mlp.fc2',
    # RepMixer layers, in MobileCLIP-S0 only.
    'layer_scale': 'layer_scale',
    'token_mixer.layer_scale': 'token_mixer.layer_scale',
    'token_mixer.norm.rbr_skip': 'token_mixer.reference_batchnorm',
    'token_mixer.mixer.rbr_skip': 'token_mixer.mixer.batchnorm_skip',
    'token_mixer.mixer.rbr_conv.0.conv': 'token_mixer.mixer.conv',
    'token_mixer.mixer.rbr_conv.0.bn': 'token_mixer.mixer.batchnorm_conv',
    'convffn.conv.conv': 'conv_feed_forward.depthwise_conv',
    'convffn.conv.bn': 'conv_feed_forward.depthwise_batchnorm',
    'convffn.fc1': 'conv_feed_forward.mlp.fc1',
    'convffn.fc2': 'conv_feed_forward.mlp.fc2',
}

TEXT_RULES: tuple[Rule, ...] = (
    Rule('backbone.language_backbone.projector', 'text_encoder.text_projection'),
    *renamed(TEXT, OUR_TEXT, _TEXT_NAMES),
    *fused_linear(
        f'{TEXT}.transformer.{{n}}.pre_norm_mha.1.qkv_proj', f'{OUR_TEXT}.layers.{{n}}.self_attn'
    ),
    *renamed(f'{TEXT}.transformer.{{n}}', f'{OUR_TEXT}.layers.{{n}}', _TEXT_LAYER),
)
"""All keys of a student's text encoder but the pooled projection, which nothing reads."""
