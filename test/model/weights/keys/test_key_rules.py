"""Rules find our keys in a checkpoint, and cut what has to be cut."""

from __future__ import annotations

import pytest

torch = pytest.importorskip('torch')

from upstream_checkpoint import as_checkpoint  # noqa: E402

from efficientsam3_ros.model.weights.keys.key_rules import (  # noqa: E402
    Rule,
    attention,
    fused_linear,
    key_table,
)

RULES = (
    *attention('a.layers.{n}.attn', 'b.{n}.self_attn'),
    *fused_linear('a.qkv', 'b.fused'),
    Rule('a.mlp.{n}.lin{k}', 'b.{n}.mlp{k}'),
    Rule('a.norm', 'b.norm'),
)


def test_attention_is_cut_into_query_key_value_in_this_order():
    theirs = {
        'a.layers.2.attn.in_proj_weight': torch.arange(18.0).reshape(9, 2),
        'a.layers.2.attn.in_proj_bias': torch.arange(9.0),
        'a.layers.2.attn.out_proj.bias': torch.ones(3),
    }
    names = [f'b.2.self_attn.{x}_proj.{kind}' for x in 'qkv' for kind in ('weight', 'bias')]
    table = key_table(RULES, [*names, 'b.2.self_attn.o_proj.bias'])
    ours = {piece.ours: piece.read(theirs[key]) for key in theirs for piece in table[key]}
    assert ours['b.2.self_attn.q_proj.bias'].tolist() == [0, 1, 2]
    assert ours['b.2.self_attn.v_proj.bias'].tolist() == [6, 7, 8]
    assert ours['b.2.self_attn.k_proj.weight'][0].tolist() == [6, 7]
    assert 'b.2.self_attn.o_proj.bias' in ours
    back = as_checkpoint(table, ours)
    assert back.keys() == theirs.keys()
    assert all(torch.equal(back[key], theirs[key]) for key in theirs)


@pytest.mark.parametrize(
    ('theirs', 'ours'),
    [
        ('a.mlp.10.lin1.weight', ['b.10.mlp1.weight']),
        ('a.qkv.bias', [f'b.fused.{x}_proj.bias' for x in 'qkv']),
        ('a.norm', ['b.norm']),
        ('a.norm.weight', ['b.norm.weight']),
    ],
)
def test_our_names_are_found_in_theirs(theirs, ours):
    table = key_table(RULES, ours)
    assert [piece.ours for piece in table.pop(theirs)] == ours
    assert not table


@pytest.mark.parametrize('key', ['b.normal.weight', 'b.x.self_attn.q_proj.bias', 'b.fused.weight'])
def test_a_prefix_ends_at_a_dot(key):
    with pytest.raises(KeyError, match=key):
        key_table(RULES, [key])
