"""Upstream's names by another road: the published map to transformers, written down here again.

Our rules lead from upstream to our names. Here a network's weights go through their inverse to
upstream, then by an independent map to transformers; both networks must give the same answers.
"""

from __future__ import annotations

import re

import pytest

torch = pytest.importorskip('torch')

from installed import needs  # noqa: E402
from sam3_heads import (  # noqa: E402
    TINY,
    Heads,
    ask,
    randomize,
    reference_answer,
    reference_model,
    without_boxes,
)
from upstream_checkpoint import (  # noqa: E402
    LANGUAGE,
    as_checkpoint,
    image_model,
    student_state,
)

from efficientsam3_ros.model.weights.keys.encoder_keys import TEXT_RULES  # noqa: E402
from efficientsam3_ros.model.weights.keys.key_rules import key_table  # noqa: E402
from efficientsam3_ros.model.weights.keys.student_keys import RULES  # noqa: E402

pytestmark = needs('transformers')

# Applied one after the other to a key of upstream's detector.
DETECTOR = (
    (r'^geometry_encoder\.points_.*', ''),
    (r'\.out_proj\.', '.o_proj.'),
    (r'^geometry_encoder\.encode\.', 'geometry_encoder.layers.'),
    (r'^geometry_encoder\.encode_norm\.', 'geometry_encoder.output_layer_norm.'),
    (r'^geometry_encoder\.norm\.', 'geometry_encoder.prompt_layer_norm.'),
    (r'^geometry_encoder\.img_pre_norm\.', 'geometry_encoder.vision_layer_norm.'),
    (r'^transformer\.encoder\.', 'detr_encoder.'),
    (r'^(detr_encoder|geometry_encoder)\.layers\.(\d)\.norm', r'\1.layers.\2.layer_norm'),
    (r'\.cross_attn_image\.', '.cross_attn.'),
    (r'^transformer\.decoder\.', 'detr_decoder.'),
    (r'^(detr_decoder\.layers\.\d)\.cross_attn\.', r'\1.vision_cross_attn.'),
    (r'^(detr_decoder\.layers\.\d)\.norm1\.', r'\1.vision_cross_attn_layer_norm.'),
    (r'^(detr_decoder\.layers\.\d)\.norm2\.', r'\1.self_attn_layer_norm.'),
    (r'^(detr_decoder\.layers\.\d)\.norm3\.', r'\1.mlp_layer_norm.'),
    (r'\.ca_text\.', '.text_cross_attn.'),
    (r'\.catext_norm\.', '.text_cross_attn_layer_norm.'),
    (r'\.linear([12])\.', r'.mlp.fc\1.'),
    (r'^detr_decoder\.norm\.', 'detr_decoder.output_layer_norm.'),
    (r'\.presence_token_out_norm\.', '.presence_layer_norm.'),
    (r'\.presence_token_head\.', '.presence_head.'),
    (r'\.bbox_embed\.', '.box_head.'),
    (r'\.boxRPB_embed_', '.box_rpb_embed_'),
    (r'^dot_prod_scoring\.prompt_mlp\.out_norm\.', 'dot_product_scoring.text_mlp_out_norm.'),
    (r'^dot_prod_scoring\.prompt_', 'dot_product_scoring.text_'),
    (r'^dot_prod_scoring\.hs_proj\.', 'dot_product_scoring.query_proj.'),
    (r'^segmentation_head\.mask_predictor\.mask_embed\.', 'mask_decoder.mask_embedder.'),
    (r'^segmentation_head\.cross_attend_prompt\.', 'mask_decoder.prompt_cross_attn.'),
    (r'^segmentation_head\.cross_attn_norm\.', 'mask_decoder.prompt_cross_attn_norm.'),
    (r'^segmentation_head\.(semantic|instance)_seg_head\.', r'mask_decoder.\1_projection.'),
    (r'^segmentation_head\.', 'mask_decoder.'),
)
NUMBERED = re.compile(r'^(detr_decoder|dot_product_scoring)(\..*)?\.layers\.(\d)\.(weight|bias)$')
TEXT = (
    (r'^projector\.', 'text_projection.'),
    (r'^encoder\.projection_layer$', ''),
    (r'^encoder\.', 'text_encoder.'),
    (r'\.embedding_layer\.', '.embeddings.token_embedding.'),
    (
        r'\.positional_embedding\.pos_embed\.pos_embed$',
        '.embeddings.position_embedding.position_embedding',
    ),
    (r'\.transformer\.', '.layers.'),
    (r'\.pre_norm_mha\.0\.', '.layer_norm1.'),
    (r'\.pre_norm_mha\.1\.out_proj\.', '.self_attn.out_proj.'),
    (r'\.pre_norm_ffn\.0\.', '.layer_norm2.'),
    (r'\.pre_norm_ffn\.1\.', '.mlp.fc1.'),
    (r'\.pre_norm_ffn\.4\.', '.mlp.fc2.'),
    (r'\.token_mixer\.norm\.rbr_skip\.', '.token_mixer.reference_batchnorm.'),
    (r'\.mixer\.rbr_skip\.', '.mixer.batchnorm_skip.'),
    (r'\.mixer\.rbr_conv\.0\.conv\.', '.mixer.conv.'),
    (r'\.mixer\.rbr_conv\.0\.bn\.', '.mixer.batchnorm_conv.'),
    (r'\.convffn\.conv\.conv\.', '.conv_feed_forward.depthwise_conv.'),
    (r'\.convffn\.conv\.bn\.', '.conv_feed_forward.depthwise_batchnorm.'),
    (r'\.convffn\.fc', '.conv_feed_forward.mlp.fc'),
)


def apply(rules, key):
    for pattern, replacement in rules:
        key = re.sub(pattern, replacement, key)
    return key


def to_transformers(theirs):
    """Rename upstream's detector, by the map written down above."""
    result = {}
    for key, tensor in theirs.items():
        name = apply(DETECTOR, key)
        if found := re.fullmatch(r'(.*)\.in_proj_(weight|bias)', name):
            for part, third in zip('qkv', tensor.chunk(3)):
                result[f'{found[1]}.{part}_proj.{found[2]}'] = third
        elif found := NUMBERED.match(name):
            number = int(found[3]) + 1
            result[f'{found[1]}{found[2] or ""}.layer{number}.{found[4]}'] = tensor
        elif name:
            result[name] = tensor
    return result


@pytest.fixture(scope='module')
def pair():
    """Return our detector, and transformers' with the same weights by way of upstream."""
    heads = Heads(TINY)
    randomize(heads, seed=3)
    reference = reference_model(TINY)
    state = heads.state_dict()
    renamed = to_transformers(as_checkpoint(key_table(RULES, state), state))
    elsewhere = ('vision_encoder.', 'text_encoder.', 'text_projection.')
    needed = {k for k in reference.state_dict() if not k.startswith(elsewhere)}
    unread = {k for k in needed if re.search(r'pixel_decoder\.(conv_layers|norms)\.2\.', k)}
    assert renamed.keys() == needed - unread
    reference.load_state_dict(renamed, strict=False)
    return heads.eval(), reference


@pytest.mark.parametrize('boxes', [True, False])
@torch.no_grad()
def test_converted_weights_give_the_answers_of_transformers(pair, boxes):
    heads, reference = pair
    asked = ask(TINY, grid=4) if boxes else without_boxes(ask(TINY, grid=4))
    ours, theirs = heads.answer(asked), reference_answer(reference, asked)
    for name in ('logits', 'boxes', 'presence', 'masks', 'semantic'):
        torch.testing.assert_close(
            getattr(ours, name), getattr(theirs, name), atol=1e-5, rtol=1e-4, msg=name
        )


@pytest.mark.parametrize('text', ['s0', 's1'])
def test_text_names_agree_with_litetext(text):
    keys = [k for k in image_model('es_ev_s', text) if k.startswith(LANGUAGE)]
    state = student_state('es_ev_s', text)
    table = key_table(TEXT_RULES, [key for key in state if key.startswith('text_encoder.')])
    expected, ours = set(), set()
    for key in keys:
        name = apply(TEXT, key.removeprefix(f'{LANGUAGE}.'))
        if found := re.fullmatch(r'(.*)\.pre_norm_mha\.1\.qkv_proj\.(weight|bias)', name):
            thirds = [f'{found[1]}.self_attn.{part}_proj.{found[2]}' for part in 'qkv']
        else:
            thirds = [name] if name else []
        expected |= set(thirds)
        got = [piece.ours for piece in table.get(key, ())]
        ours |= set(got)
        assert [
            g.replace('text_encoder.text_projection', 'text_projection') for g in got
        ] == thirds
    from transformers import Sam3LiteTextTextConfig, Sam3LiteTextTextModel

    config = Sam3LiteTextTextConfig(
        num_hidden_layers=6 if text == 's0' else 12, use_repmixer_blocks=text == 's0'
    )
    with torch.device('meta'):
        model = Sam3LiteTextTextModel(config)
    theirs = {f'text_encoder.{k}' for k in model.state_dict() if k != 'projection.weight'}
    assert expected - {'text_projection.weight', 'text_projection.bias'} == theirs
