"""Names of the students' text encoders (MobileCLIP): checkpoint to ours."""

from __future__ import annotations

from efficientsam3_ros.model.weights.keys.key_rules import Rule, fused_linear, renamed

THEIRS = 'backbone.language_backbone.encoder'
OURS = 'text_encoder'
POSITIONS = f'{THEIRS}.positional_embedding.pos_embed.pos_embed'
"""The one table whose length depends on the context: (1, 1, rows, width)."""

_NAMES = {
    'embedding_layer': 'embeddings.token_embedding',
    'positional_embedding.pos_embed.pos_embed': 'embeddings.position_embedding.position_embedding',
    'final_layer_norm': 'final_layer_norm',
}
_LAYER = {
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
    *renamed(THEIRS, OURS, _NAMES),
    *fused_linear(
        f'{THEIRS}.transformer.{{n}}.pre_norm_mha.1.qkv_proj', f'{OURS}.layers.{{n}}.self_attn'
    ),
    *renamed(f'{THEIRS}.transformer.{{n}}', f'{OURS}.layers.{{n}}', _LAYER),
)
"""All keys of a student's text encoder but the pooled projection, which nothing reads."""
