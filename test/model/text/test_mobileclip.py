"""Text encoders: same numbers as transformers' LiteText, pads seen inside and masked outside."""

from __future__ import annotations

import dataclasses

import pytest

torch = pytest.importorskip('torch')

from random_weights import randomize_norms, relative_difference  # noqa: E402

from efficientsam3_ros.model.export.reparameterize import reparameterize  # noqa: E402
from efficientsam3_ros.model.text.mobileclip import TEXTS, MobileClipTextEncoder, TextSpec  # noqa: E402

TINY = TextSpec('tiny', layers=4, width=32, heads=4, repmixer=True, vocabulary=100)
PLAIN = dataclasses.replace(TINY, repmixer=False)
# Width, parameters in millions without the pooled projection that nothing reads.
MILLIONS = {'s0': 42.3, 's1': 63.3, 'l': 123.2}


def encoder(spec, context=16):
    """Return an encoder in which every path counts."""
    module = MobileClipTextEncoder(spec, context)
    randomize_norms(module)
    return module.eval()


def token_ids(spec, context=16):
    ids = torch.randint(1, spec.vocabulary, (3, context))
    ids[0, 5:] = 0
    ids[1, 9:] = 0
    return ids


def reference(spec, ours):
    """Return transformers' text model with our weights, but our projection."""
    pytest.importorskip('transformers')
    from transformers.models.sam3_lite_text.configuration_sam3_lite_text import (
        Sam3LiteTextTextConfig,
    )
    from transformers.models.sam3_lite_text.modeling_sam3_lite_text import Sam3LiteTextTextModel

    config = Sam3LiteTextTextConfig(
        vocab_size=spec.vocabulary,
        hidden_size=spec.width,
        intermediate_size=4 * spec.width,
        projection_dim=spec.width,
        num_hidden_layers=spec.layers,
        num_attention_heads=spec.heads,
        max_position_embeddings=ours.context,
        use_repmixer_blocks=spec.repmixer,
    )
    model = Sam3LiteTextTextModel(config).eval()
    state = {k: v for k, v in ours.state_dict().items() if not k.startswith('text_projection')}
    state['projection.weight'] = model.projection.weight
    model.load_state_dict(state, strict=True)
    return model


def compare(spec, context):
    ours, ids = encoder(spec, context), token_ids(spec, context)
    with torch.no_grad():
        # Without an attention mask: transformers would hide the pads, upstream shows them.
        hidden = reference(spec, ours)(input_ids=ids).last_hidden_state
        return relative_difference(ours(ids)[0], ours.text_projection(hidden))


@pytest.mark.parametrize('spec', [TINY, PLAIN], ids=['repmixer', 'plain'])
@pytest.mark.parametrize('context', [16, 32])
def test_tokens_equal_those_of_transformers(spec, context):
    assert compare(spec, context) <= 1e-5


@pytest.mark.slow
@pytest.mark.parametrize('name', TEXTS)
@pytest.mark.parametrize('context', [16, 32])
def test_full_sizes_equal_transformers(name, context):
    difference = compare(TEXTS[name], context)
    print(f'{name} context {context}: {difference:.1e}')
    assert difference <= 1e-5


def test_mask_marks_words_and_pads_change_the_result():
    module, ids = encoder(TINY), token_ids(TINY)
    with torch.no_grad():
        tokens, mask = module(ids)
        changed = ids.clone()
        changed[0, 12] = 7
        others = module(changed)[0]
    assert tokens.shape == (3, 16, 256)
    assert mask.dtype == torch.float32
    assert mask.sum(1).tolist() == [5, 9, 16]
    assert not torch.allclose(tokens[0, :5], others[0, :5])


def test_folded_encoder_gives_the_same_tokens_with_fewer_parameters():
    module, ids = encoder(TINY), token_ids(TINY)
    folded = reparameterize(module)
    with torch.no_grad():
        assert relative_difference(folded(ids)[0], module(ids)[0]) <= 1e-5
    assert not any(isinstance(part, torch.nn.BatchNorm2d) for part in folded.modules())
    assert any(isinstance(part, torch.nn.BatchNorm2d) for part in module.modules())


@pytest.mark.parametrize('name', TEXTS)
def test_sizes_are_the_published_ones(name):
    with torch.device('meta'):
        module = MobileClipTextEncoder(TEXTS[name], 16)
    millions = sum(p.numel() for p in module.parameters()) / 1e6
    assert millions == pytest.approx(MILLIONS[name], abs=0.15)
