"""SAM 3's detector: the numbers of a public implementation, and what a caller may rely on."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from sam3_heads import (
    TINY,
    Heads,
    Question,
    ask,
    load,
    randomize,
    reference_answer,
    reference_model,
    without_boxes,
)
import torch
from torch import Tensor

from efficientsam3_ros.model.detector.detector_config import DetectorConfig
from efficientsam3_ros.model.detector.sam3_detector import Sam3Detector

GRID = 6
FULL_GRID = 72


@pytest.fixture(scope='module')
def heads() -> Heads:
    heads = Heads(TINY)
    randomize(heads)
    return heads.eval()


@pytest.fixture(scope='module')
def asked() -> Question:
    return ask(TINY, GRID, prompts=3)


def run(heads: Heads, asked: Question) -> tuple[Tensor, ...]:
    with torch.no_grad():
        return heads.detector(*asked.levels, *heads.prompt(asked))


def assert_parity(config: DetectorConfig, asked: Question) -> None:
    reference = reference_model(config)
    heads = load(Heads(config), reference)
    for question in (asked, without_boxes(asked)):
        with torch.no_grad():
            got, expected = heads.answer(question), reference_answer(reference, question)
        for name in (field.name for field in fields(got)):
            value, wanted = getattr(got, name), getattr(expected, name)
            assert value.shape == wanted.shape, name
            difference = float((value - wanted).abs().max() / wanted.abs().max())
            print(f'{name}: {difference:.1e} of {float(wanted.abs().max()):.3g}')
            assert difference <= 1e-5, name


def test_tiny_detector_equals_transformers():
    pytest.importorskip('transformers')
    assert_parity(TINY, ask(TINY, GRID))


@pytest.mark.slow
def test_full_detector_equals_transformers():
    pytest.importorskip('transformers')
    config = DetectorConfig(kept_queries=None)
    assert_parity(config, ask(config, FULL_GRID, prompts=1))


def test_full_size_has_the_published_number_of_parameters():
    with torch.device('meta'):
        heads = Heads(DetectorConfig())

    def count(*modules: torch.nn.Module) -> int:
        return sum(p.numel() for module in modules for p in module.parameters())

    detector = heads.detector
    assert round(count(detector.fusion), -3) == 9_473_000
    decoder = count(detector.decoder, detector.query_selection, detector.presence)
    assert round(decoder, -3) == 11_575_000
    assert round(count(detector.scoring), -3) == 1_183_000
    # SAM 3 counts a third convolution that it never uses.
    assert round(count(detector.mask_head) + 256 * (256 * 9 + 3), -3) == 2_299_000
    assert round(count(heads.exemplar_encoder), -3) == 8_216_000


def test_a_prompt_is_answered_alike_alone_and_in_company(heads, asked):
    together = run(heads, asked)
    for row in range(3):
        names = [f.name for f in fields(asked) if f.name != 'levels']
        single = replace(asked, **{n: getattr(asked, n)[row : row + 1] for n in names})
        for alone, batched in zip(run(heads, single), together):
            torch.testing.assert_close(alone[0], batched[row], atol=2e-5, rtol=1e-4)


def test_padding_changes_nothing(heads, asked):
    tokens, mask = heads.prompt(asked)
    other = torch.where(mask[..., None] > 0, tokens, 9 * torch.randn_like(tokens))
    other = torch.cat([other, torch.randn(3, 4, TINY.width)], 1)
    with torch.no_grad():
        short = heads.detector(*asked.levels, tokens, mask)
        padded = torch.nn.functional.pad(mask, (0, 4))
        long = heads.detector(*asked.levels, other, padded)
    for a, b in zip(short, long):
        torch.testing.assert_close(a, b, atol=2e-5, rtol=1e-4)


def test_scores_are_matches_without_presence_and_embeddings_have_unit_length(heads, asked):
    scores, presence, boxes, _, embeddings = run(heads, asked)
    with torch.no_grad():
        found = heads.detector.detect(asked.levels[2], *heads.prompt(asked))
    torch.testing.assert_close(presence, found.presence.sigmoid())
    torch.testing.assert_close(scores, found.logits[-1].sigmoid())
    torch.testing.assert_close(embeddings.norm(dim=-1), torch.ones(3, TINY.queries))
    assert ((boxes > 0) & (boxes < 1)).all()


def test_asking_the_queries_once_more_changes_no_answer(heads, asked):
    prompt = heads.prompt(asked)
    with torch.no_grad():
        plain = heads.detector.detect(asked.levels[2], *prompt)
        twice = heads.detector.detect(asked.levels[2], *prompt, auxiliary=True)
    assert plain.auxiliary is None
    for name in ('presence', 'queries', 'embeddings'):
        torch.testing.assert_close(getattr(plain, name), getattr(twice, name))
    for name in ('logits', 'boxes'):
        own, again = getattr(twice, name), getattr(twice.auxiliary, name)
        torch.testing.assert_close(own, getattr(plain, name))
        assert len(again) == len(own) and again[-1].shape == own[-1].shape
        assert not torch.allclose(again[-1], own[-1], atol=1e-3)


def test_the_best_queries_are_kept_with_their_own_boxes_and_masks(heads, asked):
    scores, _, *rest = run(heads, asked)
    few = Heads(replace(TINY, kept_queries=3)).eval()
    few.load_state_dict(heads.state_dict())
    kept_scores, _, *kept_rest = run(few, asked)
    order = scores.argsort(1, descending=True)[:, :3]
    torch.testing.assert_close(kept_scores, scores.gather(1, order))
    for kept, every in zip(kept_rest, rest):
        expected = torch.stack([every[row, order[row]] for row in range(3)])
        torch.testing.assert_close(kept, expected, atol=1e-5, rtol=1e-4)


def test_proposals_start_on_the_image_instead_of_in_a_table(asked):
    detector = Sam3Detector(replace(TINY, query_selection='proposals'))
    randomize(detector)
    tokens = torch.cat([asked.text, asked.text.new_zeros(3, 1, TINY.width)], 1)
    with torch.no_grad():
        found = detector.eval().detect(asked.levels[2], tokens, torch.ones(3, 6))
    assert found.start.center_logits.shape == (3, GRID, GRID)
    assert found.presence.shape == (3,) and found.logits[-1].shape == (3, TINY.queries)
    assert not torch.allclose(found.start.boxes[0], found.start.boxes[1])


def test_proposals_start_where_the_image_fits_the_prompt(asked):
    detector = Sam3Detector(replace(TINY, query_selection='proposals'))
    randomize(detector)
    with torch.no_grad():
        detector.query_selection.heads.weight.zero_()
        detector.query_selection.heads.bias.zero_()
        tokens = torch.cat([asked.text, asked.text.new_zeros(3, 1, TINY.width)], 1)
        mask = torch.ones(3, 6)
        found = detector.eval().detect(asked.levels[2], tokens, mask)
        level = asked.levels[2].flatten(2).transpose(1, 2)
        fits = detector.similarity(level, tokens, mask)
    torch.testing.assert_close(found.start.center_logits.flatten(1), fits)
    torch.testing.assert_close(found.start.places[:, 0], fits.argmax(1))
