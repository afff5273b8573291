"""Every layout of upstream's checkpoints becomes the same student, key by key and exactly."""

from __future__ import annotations

from functools import cache

import pytest

torch = pytest.importorskip('torch')
pytest.importorskip('timm')

import upstream_checkpoint as upstream  # noqa: E402
from upstream_checkpoint import LANGUAGE, VISION  # noqa: E402

from efficientsam3_ros.model.weights.conversion import convert  # noqa: E402
from efficientsam3_ros.model.weights.errors import WeightsError  # noqa: E402
from efficientsam3_ros.model.weights.report import IncompleteError  # noqa: E402

# Written by hand from the published key lists, so that no error of our rules can hide behind
# their inverse: TinyViT-11M with MobileCLIP-S1.
PUBLISHED = {
    f'{VISION}.trunk.model.backbone.model.patch_embed.seq.0.c.weight': (32, 3, 3, 3),
    f'{VISION}.trunk.model.backbone.model.patch_embed.seq.2.bn.running_mean': (64,),
    f'{VISION}.trunk.model.backbone.model.layers.0.downsample.conv1.c.weight': (128, 64, 1, 1),
    f'{VISION}.trunk.model.backbone.model.layers.3.blocks.1.attn.qkv.weight': (1344, 448),
    f'{VISION}.trunk.model.head.0.weight': (1024, 448, 1, 1),
    f'{VISION}.trunk.model.head.1.running_var': (1024,),
    f'{VISION}.trunk.model.head.3.weight': (1024, 1024, 3, 3),
    f'{VISION}.trunk.model.head.3.bias': (1024,),
    f'{VISION}.convs.0.dconv_2x2_0.weight': (1024, 512, 2, 2),
    f'{VISION}.convs.0.dconv_2x2_1.weight': (512, 256, 2, 2),
    f'{VISION}.convs.0.conv_1x1.weight': (256, 256, 1, 1),
    f'{VISION}.convs.1.dconv_2x2.bias': (512,),
    f'{VISION}.convs.1.conv_1x1.weight': (256, 512, 1, 1),
    f'{VISION}.convs.2.conv_3x3.weight': (256, 256, 3, 3),
    f'{VISION}.convs.3.conv_1x1.weight': (256, 1024, 1, 1),
    f'{LANGUAGE}.encoder.embedding_layer.weight': (49408, 512),
    f'{LANGUAGE}.encoder.positional_embedding.pos_embed.pos_embed': (1, 1, 16, 512),
    f'{LANGUAGE}.encoder.transformer.11.pre_norm_mha.0.weight': (512,),
    f'{LANGUAGE}.encoder.transformer.0.pre_norm_mha.1.qkv_proj.weight': (1536, 512),
    f'{LANGUAGE}.encoder.transformer.0.pre_norm_mha.1.out_proj.bias': (512,),
    f'{LANGUAGE}.encoder.transformer.5.pre_norm_ffn.1.weight': (2048, 512),
    f'{LANGUAGE}.encoder.transformer.5.pre_norm_ffn.4.weight': (512, 2048),
    f'{LANGUAGE}.encoder.final_layer_norm.bias': (512,),
    f'{LANGUAGE}.encoder.projection_layer': (512, 512),
    f'{LANGUAGE}.projector.weight': (256, 512),
    'geometry_encoder.label_embed.weight': (2, 256),
    'geometry_encoder.cls_embed.weight': (1, 256),
    'geometry_encoder.points_pool_project.weight': (256, 256),
    'geometry_encoder.boxes_pool_project.weight': (256, 256, 7, 7),
    'geometry_encoder.boxes_pos_enc_project.weight': (256, 258),
    'geometry_encoder.img_pre_norm.weight': (256,),
    'geometry_encoder.encode.2.cross_attn_image.in_proj_weight': (768, 256),
    'geometry_encoder.encode.2.linear1.weight': (2048, 256),
    'geometry_encoder.encode_norm.bias': (256,),
    'transformer.encoder.layers.5.self_attn.in_proj_bias': (768,),
    'transformer.encoder.layers.0.norm3.weight': (256,),
    'transformer.decoder.layers.0.ca_text.out_proj.weight': (256, 256),
    'transformer.decoder.layers.0.catext_norm.weight': (256,),
    'transformer.decoder.layers.5.cross_attn.in_proj_weight': (768, 256),
    'transformer.decoder.query_embed.weight': (200, 256),
    'transformer.decoder.reference_points.weight': (200, 4),
    'transformer.decoder.presence_token.weight': (1, 256),
    'transformer.decoder.presence_token_head.layers.2.weight': (1, 256),
    'transformer.decoder.bbox_embed.layers.2.weight': (4, 256),
    'transformer.decoder.ref_point_head.layers.0.weight': (256, 512),
    'transformer.decoder.boxRPB_embed_x.layers.0.weight': (256, 2),
    'transformer.decoder.boxRPB_embed_y.layers.1.weight': (8, 256),
    'dot_prod_scoring.prompt_mlp.layers.0.weight': (2048, 256),
    'dot_prod_scoring.prompt_mlp.out_norm.weight': (256,),
    'dot_prod_scoring.hs_proj.weight': (256, 256),
    'segmentation_head.pixel_decoder.conv_layers.1.weight': (256, 256, 3, 3),
    'segmentation_head.mask_predictor.mask_embed.layers.2.weight': (256, 256),
    'segmentation_head.cross_attend_prompt.in_proj_weight': (768, 256),
    'segmentation_head.semantic_seg_head.weight': (1, 256, 1, 1),
    'segmentation_head.instance_seg_head.weight': (256, 256, 1, 1),
}
# MobileCLIP-S0 only.
PUBLISHED_REPMIXER = {
    f'{LANGUAGE}.encoder.transformer.0.layer_scale': (512, 1, 1),
    f'{LANGUAGE}.encoder.transformer.5.token_mixer.mixer.rbr_conv.0.conv.weight': (512, 1, 1, 11),
    f'{LANGUAGE}.encoder.transformer.0.token_mixer.norm.rbr_skip.running_var': (512,),
    f'{LANGUAGE}.encoder.transformer.0.convffn.conv.bn.weight': (512,),
    f'{LANGUAGE}.encoder.transformer.0.convffn.fc1.weight': (2048, 512, 1, 1),
}


def save(folder, name, keys, **beside):
    path = folder / name
    torch.save({'model': dict(keys), **beside} if beside else dict(keys), path)
    return path


def assert_same(state, expected):
    assert state.keys() == expected.keys()
    for key, tensor in expected.items():
        assert equal(state[key], tensor), key


def equal(value, expected):
    """Compare all numbers; those that both repeat in memory, as views do, only once."""
    strides = zip(value.stride(), expected.stride())
    once = tuple(slice(0, None if any(steps) else 1) for steps in strides)
    return value.shape == expected.shape and torch.equal(value[once], expected[once])


def grafted():
    """Return the state of student encoders on the base's neck and detector."""
    own = ('image_encoder.trunk.', 'image_encoder.neck.head.', 'text_encoder.')
    donor = upstream.student_state('es_rv_m', 's1')
    expected = upstream.student_state('es_ev_s')
    return {k: v if k.startswith(own) else donor[k] for k, v in expected.items()}


@pytest.fixture(scope='module')
def base(tmp_path_factory):
    """Return a merged file of another student with another text encoder."""
    folder = tmp_path_factory.mktemp('base')
    return save(folder, 'merged_s1.pth', upstream.merged('es_rv_m', 's1', rows=77))


@pytest.fixture(scope='module')
def converted(tmp_path_factory):
    """Return what makes a student's conversion of its merged file, once."""
    folder = tmp_path_factory.mktemp('converted')
    return cache(lambda name: convert(save(folder, f'{name}.pt', upstream.merged(name))))


def test_our_files_have_the_published_names_and_shapes():
    keys = upstream.image_model('es_tv_m', 's1')
    assert {key: tuple(keys[key].shape) for key in PUBLISHED} == PUBLISHED
    keys = upstream.image_model('es_tv_m', 's0')
    assert {key: tuple(keys[key].shape) for key in PUBLISHED_REPMIXER} == PUBLISHED_REPMIXER


def test_our_files_have_the_published_numbers_of_keys():
    assert len(upstream.image_model('es_tv_m', 's0')) == 830
    assert len(upstream.merged('es_tv_m', 's1')) == 1201
    assert len(upstream.encoders('es_tv_m', 's1')) == 451
    assert len(upstream.stage3('es_rv_m')) == 1107
    keys = upstream.image_model('es_tv_m')
    parts = {'geometry_encoder.': 76, 'transformer.': 283, 'dot_prod': 10, 'segmentation': 28}
    assert {p: sum(k.startswith(p) for k in keys) for p in parts} == parts


@pytest.mark.parametrize('variant', ['es_rv_s', 'es_tv_s', 'es_ev_s'])
def test_merged_files_become_their_student(converted, variant):
    found = converted(variant)
    assert (found.config.name, found.text, found.config.context) == (variant, 's0', 16)
    assert_same(found.state, upstream.student_state(variant))
    assert len(found.report.unused) == 309 + 22 + 9
    assert sum(k.startswith('tracker.') for k in found.tracker) == 309


@pytest.mark.parametrize('wrapper', ['model', 'state_dict', 'flat', 'module', 'safetensors'])
def test_wrappers_and_prefixes_make_no_difference(tmp_path, wrapper):
    keys = upstream.image_model('es_ev_s')
    path = tmp_path / f'x.{"safetensors" if wrapper == "safetensors" else "pt"}'
    if wrapper == 'safetensors':
        from safetensors.torch import save_file

        keys = {k: v for k, v in keys.items() if '.embedding_layer.' not in k} | {
            k: v.clone() for k, v in keys.items() if '.embedding_layer.' in k
        }
        save_file({k: v.contiguous() for k, v in keys.items()}, path)
    elif wrapper == 'module':
        torch.save({'state_dict': {f'module.{k}': v for k, v in keys.items()}}, path)
    else:
        torch.save(keys if wrapper == 'flat' else {wrapper: keys, 'epoch': 3}, path)
    assert_same(convert(path).state, upstream.student_state('es_ev_s'))


def test_geometry_fine_tune_skips_the_frozen_networks(tmp_path, base):
    keys = {f'student_trunk.{k}': v for k, v in upstream.image_file('es_ev_s').items()}
    frozen = {'sam3.transformer.x': torch.zeros(2), 'teacher_trunk.y': torch.zeros(2)}
    file = save(tmp_path, 'finetune.pth', keys | frozen)
    text = save(tmp_path, 'text.pth', upstream.text_file('s0', 16))
    found = convert(file, [base, text])
    assert_same(found.state, grafted())
    assert 'frozen copy' in found.report.unused['teacher_trunk.y (finetune.pth)']


def test_stage3_takes_only_the_exemplar_encoder_from_its_base(tmp_path, base):
    file = save(tmp_path, 'stage3.pt', upstream.stage3('es_ev_s'), epoch=1, optimizer={})
    found = convert(file, [base])
    expected = dict(upstream.student_state('es_ev_s'))
    donor = upstream.student_state('es_rv_m', 's1')
    expected |= {k: v for k, v in donor.items() if k.startswith('exemplar_encoder.')}
    assert_same(found.state, expected)
    assert found.text == 's0', "the base's longer text encoder must not shine through"
    origins = {found.report.used[k] for k in found.report.used if k.startswith('geometry')}
    assert origins == {'merged_s1.pth'}
    assert found.report.sources[1].checkpoint.extras == ('epoch', 'optimizer')


def test_trainer_file_is_grafted_onto_its_base(tmp_path, base):
    file = save(tmp_path, 'trainer.pt', upstream.encoders('es_ev_s'), other=1)
    assert_same(convert(file, [base]).state, grafted())


def test_image_text_and_sam3_files_make_a_student_together(tmp_path):
    image = save(tmp_path, 'image.pth', upstream.image_file('es_ev_s'))
    text = save(
        tmp_path, 'text.pth', upstream.text_file('s0', 77), meta={'text_context_length': 16}
    )
    teacher = save(tmp_path, 'sam3.pt', upstream.sam3())
    found = convert(image, [teacher, text])
    assert_same(found.state, upstream.student_state('es_ev_s'))
    reasons = set(found.report.unused.values())
    assert "SAM 3's own image trunk, which a student replaces" in reasons
    assert "SAM 3's own text encoder, which a student replaces" in reasons


def test_litetext_serves_as_a_base(tmp_path):
    own_text = tuple(f'detector.{LANGUAGE}.{part}' for part in ('encoder.', 'resizer.'))
    keys = {k: v for k, v in upstream.sam3().items() if not k.startswith(own_text)}
    text = {f'detector.{LANGUAGE}.{k}': v for k, v in upstream.text_file('s0', 32).items()}
    litetext = save(tmp_path, 'litetext.pt', keys | text)
    image = save(tmp_path, 'image.pth', upstream.image_file('es_ev_s'))
    found = convert(image, [litetext])
    assert found.config.context == 32
    assert 'LiteText' in found.report.table()


@pytest.mark.parametrize('context', [16, 32])
def test_full_position_tables_are_cut_to_the_context(tmp_path, context):
    file = save(tmp_path, 'x.pt', upstream.merged('es_ev_s', rows=77))
    table = convert(file, context=context).state[
        'text_encoder.embeddings.position_embedding.position_embedding'
    ]
    whole = upstream.merged('es_ev_s', rows=77)[f'detector.{upstream.POSITIONS}']
    assert torch.equal(table, whole[:, :, :context])


def test_missing_parts_are_named_with_the_remedy(tmp_path):
    file = save(tmp_path, 'stage3.pt', upstream.stage3('es_ev_s'))
    with pytest.raises(WeightsError) as error:
        convert(file)
    assert '76 keys of the exemplar encoder are missing' in str(error.value)
    assert '--base' in str(error.value)


def test_stray_keys_are_refused_and_named(tmp_path):
    keys = upstream.merged('es_ev_s') | {'detector.new_head.weight': torch.zeros(3)}
    with pytest.raises(WeightsError, match=r'1 key is unknown: new_head\.weight'):
        convert(save(tmp_path, 'x.pt', keys))


def test_a_lost_layer_inside_a_part_is_refused(tmp_path, base):
    keys = upstream.merged('es_ev_s')
    del keys['detector.transformer.decoder.layers.3.catext_norm.bias']
    with pytest.raises(WeightsError, match='1 key of the query decoder is missing'):
        # The base has this layer, but parts of two trainings are never mixed.
        convert(save(tmp_path, 'x.pt', keys), [base])


def test_other_shapes_are_refused(tmp_path):
    keys = upstream.merged('es_ev_s')
    keys['detector.transformer.decoder.query_embed.weight'] = torch.zeros(300, 256)
    with pytest.raises(
        IncompleteError, match=r'\(300, 256\), the network needs \(200, 256\)'
    ) as e:
        convert(save(tmp_path, 'x.pt', keys))
    assert 'transformer.decoder.query_embed.weight' not in e.value.report.used


@pytest.mark.parametrize('numbers', [1, 2, 4])
def test_an_attention_too_short_for_thirds_is_refused(tmp_path, numbers):
    keys = upstream.merged('es_ev_s')
    key = 'segmentation_head.cross_attend_prompt.in_proj_bias'
    assert f'detector.{key}' in keys
    keys[f'detector.{key}'] = torch.zeros(numbers)
    with pytest.raises(IncompleteError, match=r'the network needs \(256,\)') as e:
        convert(save(tmp_path, 'x.pt', keys))
    assert list(e.value.report.mismatched) == [key]


def test_diverged_weights_are_refused(tmp_path):
    keys = upstream.merged('es_ev_s')
    keys['detector.dot_prod_scoring.hs_proj.bias'] = torch.full((256,), float('nan'))
    with pytest.raises(WeightsError, match='not finite'):
        convert(save(tmp_path, 'x.pt', keys))


def test_report_tells_of_every_key(converted):
    report = converted('es_ev_s').report
    assert len(report.used) + len(report.unused) == len(upstream.merged('es_ev_s'))
    table = report.table()
    assert 'exemplar encoder' in table
    assert 'coarsest level, computed and dropped upstream' in table
