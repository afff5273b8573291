"""Rules rename in both directions, and split and transpose what has to be."""

from __future__ import annotations

import pytest

torch = pytest.importorskip('torch')

from efficientsam3_ros.model.weights.keys.key_rules import Change, KeyMap, Rule  # noqa: E402

RULES = KeyMap(
    (
        Rule('a.layers.{n}.attn', 'b.{n}.self_attn', Change.ATTENTION),
        Rule('a.mlp.{n}', 'b.mlp.layer{n+1}'),
        Rule('a.qkv', 'b.fused', Change.FUSED_LINEAR),
        Rule('a.projection', 'b.projection.weight', Change.TRANSPOSED),
        Rule('a.norm', 'b.norm'),
    )
)


def test_attention_is_cut_into_query_key_value_in_this_order():
    theirs = {
        'a.layers.2.attn.in_proj_weight': torch.arange(18.0).reshape(9, 2),
        'a.layers.2.attn.in_proj_bias': torch.arange(9.0),
        'a.layers.2.attn.out_proj.bias': torch.ones(3),
    }
    ours = RULES.to_ours(theirs)
    assert ours['b.2.self_attn.q_proj.bias'].tolist() == [0, 1, 2]
    assert ours['b.2.self_attn.v_proj.bias'].tolist() == [6, 7, 8]
    assert ours['b.2.self_attn.k_proj.weight'][0].tolist() == [6, 7]
    assert 'b.2.self_attn.o_proj.bias' in ours
    back = RULES.to_theirs(ours)
    assert back.keys() == theirs.keys()
    assert all(torch.equal(back[key], theirs[key]) for key in theirs)


@pytest.mark.parametrize(
    ('theirs', 'ours'),
    [
        ('a.mlp.0.weight', ['b.mlp.layer1.weight']),
        ('a.qkv.bias', [f'b.fused.{x}_proj.bias' for x in 'qkv']),
        ('a.norm', ['b.norm']),
        ('a.norm.weight', ['b.norm.weight']),
        ('a.projection', ['b.projection.weight']),
    ],
)
def test_names_go_there_and_back(theirs, ours):
    pieces = RULES.forward(theirs)
    assert [piece.ours for piece in pieces] == ours
    assert [RULES.backward(name) for name in ours] == list(pieces)


def test_a_prefix_ends_at_a_dot():
    assert RULES.forward('a.normal.weight') is None
    assert RULES.forward('a.layers.x.attn.in_proj_bias') is None
    assert RULES.backward('b.fused.weight') is None


def test_matrices_are_transposed():
    matrix = torch.arange(6.0).reshape(2, 3)
    ours = RULES.to_ours({'a.projection': matrix})
    assert torch.equal(ours['b.projection.weight'], matrix.t())
    assert torch.equal(RULES.to_theirs(ours)['a.projection'], matrix)
