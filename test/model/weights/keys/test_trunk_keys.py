"""Trunk names are translated one to one; the traps of upstream's layout are met."""

from __future__ import annotations

from functools import cache

import pytest
import torch

pytest.importorskip('timm')

from efficientsam3_ros.model.image.trunks import TRUNKS, Trunk
from efficientsam3_ros.model.layers.blank import Blank
from efficientsam3_ros.model.weights.keys.encoder_keys import OUR_TRUNK, TRUNK
from efficientsam3_ros.model.weights.keys.student_keys import left_out, student_table
from efficientsam3_ros.model.weights.keys.trunk_keys import to_upstream

PAIRS = (
    ('repvit_m0_9', 'features.0.2.c.weight', 'stem.conv2.c.weight'),
    ('repvit_m0_9', 'features.1.token_mixer.1.fc1.bias', 'stages.0.blocks.0.se.fc1.bias'),
    # The block before a stage change belongs to the next stage in timm.
    (
        'repvit_m0_9',
        'features.3.channel_mixer.m.0.c.weight',
        'stages.1.downsample.pre_block.channel_mixer.conv1.c.weight',
    ),
    (
        'repvit_m0_9',
        'features.4.token_mixer.2.bn.running_var',
        'stages.1.downsample.channel_downsample.bn.running_var',
    ),
    (
        'repvit_m0_9',
        'features.4.channel_mixer.m.2.bn.bias',
        'stages.1.downsample.ffn.conv2.bn.bias',
    ),
    ('tiny_vit_5m_224', 'patch_embed.seq.2.c.weight', 'patch_embed.conv2.conv.weight'),
    # A stage ends with its change there, and begins with it here.
    (
        'tiny_vit_5m_224',
        'layers.0.downsample.conv2.c.weight',
        'stages.1.downsample.conv2.conv.weight',
    ),
    ('efficientvit_b1', 'input_stem.op_list.0.conv.weight', 'stem.in_conv.conv.weight'),
    (
        'efficientvit_b1',
        'stages.3.op_list.1.context_module.main.qkv.conv.weight',
        'stages.3.blocks.1.context_module.main.qkv.conv.weight',
    ),
)


@cache
def keys_of(trunk):
    with torch.device('meta'), Blank():
        return tuple(Trunk(TRUNKS[trunk]).state_dict())


def table(trunk):
    """Return all keys of a trunk upstream with our names, without prefixes."""
    ours = [f'{OUR_TRUNK}.{key}' for key in keys_of(trunk)]
    return {
        theirs.removeprefix(f'{TRUNK}.'): piece.ours.removeprefix(f'{OUR_TRUNK}.')
        for theirs, (piece,) in student_table(TRUNKS[trunk], ours).items()
    }


@pytest.mark.parametrize(('trunk', 'theirs', 'ours'), PAIRS)
def test_known_pairs(trunk, theirs, ours):
    assert table(trunk)[theirs] == ours
    assert to_upstream(TRUNKS[trunk], ours) == theirs


@pytest.mark.parametrize('trunk', TRUNKS)
def test_there_and_back_again(trunk):
    keys = set(keys_of(trunk))
    assert set(table(trunk).values()) == keys
    assert len(table(trunk)) == len(keys)


@pytest.mark.parametrize(
    ('trunk', 'key'),
    [
        ('repvit_m0_9', 'classifier.classifier.l.weight'),
        ('tiny_vit_5m_224', 'layers.1.blocks.0.attn.attention_bias_idxs'),
        ('tiny_vit_5m_224', 'norm_head.weight'),
        ('tiny_vit_5m_224', 'head.bias'),
        ('efficientvit_b0', 'head.op_list.0.conv.weight'),
    ],
)
def test_classifiers_and_constants_are_left_out(trunk, key):
    assert left_out(TRUNKS[trunk], f'{TRUNK}.{key}') is not None
    assert key not in table(trunk)


@pytest.mark.parametrize(
    'key', ['features.27.token_mixer.0.bn.bias', 'patch_embed.seq.0.c.weight']
)
def test_a_key_of_another_trunk_is_not_guessed(key):
    assert key not in table('repvit_m0_9')
    assert left_out(TRUNKS['repvit_m0_9'], f'{TRUNK}.{key}') is None
