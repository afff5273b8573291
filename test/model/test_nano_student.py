"""The student network: what a caller may rely on whatever the weights."""

from __future__ import annotations

from nano import nano_student
import pytest
import torch

from efficientsam3_ros.model.layers.layers import grid_centers, inverse_sigmoid, sine_code
from efficientsam3_ros.model.nano_config import NanoConfig
from efficientsam3_ros.model.nano_student import NanoStudent

# Few queries: random weights make few distinct peaks, and ties would be broken by rounding.
SMALL = NanoConfig(input_height=64, input_width=96, width=32, queries=3, vocabulary_size=20)


@pytest.fixture(scope='module')
def student() -> NanoStudent:
    torch.manual_seed(0)
    student = NanoStudent(SMALL).eval()
    with torch.no_grad():
        student.detector.query_selection.heads.weight.mul_(30)
    return student


@pytest.fixture(scope='module')
def levels(student: NanoStudent) -> tuple[torch.Tensor, ...]:
    torch.manual_seed(1)
    with torch.no_grad():
        return student.image_encoder(torch.rand(1, 3, 64, 96) * 2 - 1)


def ask(student: NanoStudent, levels: tuple[torch.Tensor, ...], ids: list[list[int]]) -> tuple:
    with torch.no_grad():
        tokens, mask = student.text_encoder(torch.tensor(ids))
        return student.detector(levels[0], levels[1], tokens, mask, *levels[3:])


def test_the_committed_weights_fit_name_by_name():
    assert 1e6 < sum(p.numel() for p in nano_student().parameters()) < 3e6


def test_shapes_of_every_output(student, levels):
    scores, presence, boxes, masks, embeddings = ask(student, levels, [[2, 3, 0, 0, 0, 0]] * 3)
    assert [tuple(level.shape) for level in levels] == [
        (1, 24, 32, 48),
        (1, 32, 8, 12),
        (1, 32, 4, 6),
        (1, 8 * 12 + 4 * 6 + 2 * 3, 64 + 5),
    ]
    assert scores.shape == (3, 3) and presence.shape == (3,) and boxes.shape == (3, 3, 4)
    assert masks.shape == (3, 3, 32, 48) and embeddings.shape == (3, 3, 32)
    assert boxes.isfinite().all() and ((boxes[..., 2:] >= 0) & (boxes[..., 2:] <= 1)).all()
    torch.testing.assert_close(embeddings.norm(dim=-1), torch.ones(3, 3))


def test_scores_are_matches_without_presence(student, levels):
    ids = torch.tensor([[2, 3, 0, 0, 0, 0]])
    with torch.no_grad():
        found = student.detector.detect(levels[1], *student.text_encoder(ids), levels[3])
    scores, presence, *_ = ask(student, levels, ids.tolist())
    torch.testing.assert_close(scores, found.logits[-1].sigmoid())
    torch.testing.assert_close(presence, found.presence.sigmoid())


def test_a_prompt_is_answered_alike_alone_and_in_company(student, levels):
    phrases = [[2, 3, 0, 0, 0, 0], [4, 0, 0, 0, 0, 0], [5, 6, 7, 0, 0, 0]]
    together = ask(student, levels, phrases)
    for row, phrase in enumerate(phrases):
        for alone, batched in zip(ask(student, levels, [phrase]), together):
            torch.testing.assert_close(alone[0], batched[row], atol=1e-3, rtol=1e-3)


def test_padding_tokens_change_nothing(student, levels):
    tokens, mask = student.text_encoder(torch.tensor([[2, 3, 0, 0, 0, 0]]))
    noisy = torch.cat([tokens, torch.randn(1, 2, 32) * 9], 1)
    padded = torch.cat([mask, torch.zeros(1, 2)], 1)
    with torch.no_grad():
        short = student.detector(levels[0], levels[1], tokens, mask, levels[3])
        long = student.detector(levels[0], levels[1], noisy, padded, levels[3])
    for a, b in zip(short, long):
        torch.testing.assert_close(a, b, atol=1e-3, rtol=1e-3)


def test_different_phrases_get_different_answers(student, levels):
    scores = ask(student, levels, [[2, 0, 0, 0, 0, 0], [9, 0, 0, 0, 0, 0]])[0]
    assert not torch.allclose(scores[0], scores[1])


def test_learned_queries_share_everything_else():
    config = NanoConfig(
        input_height=64,
        input_width=96,
        width=32,
        queries=10,
        vocabulary_size=20,
        query_selection='learned',
        class_evidence=False,
    )
    student = NanoStudent(config).eval()
    levels = student.image_encoder(torch.zeros(1, 3, 64, 96))
    scores = ask(student, levels, [[2, 0, 0, 0, 0, 0]])[0]
    assert scores.shape == (1, 10)


def test_a_proposal_starts_on_the_peak_of_the_centre_map(student):
    selection = student.detector.query_selection
    logits = torch.full((1, 8, 12), -5.0)
    logits[0, 5, 7] = 3.0
    logits[0, 5, 8] = 2.9
    logits[0, 1, 2] = 1.0
    best = selection._peaks(logits)[0, :2].tolist()
    assert best == [5 * 12 + 7, 1 * 12 + 2], 'a neighbour of a peak is not a second object'


def test_the_mask_prior_lies_in_the_box(student):
    head = student.detector.mask_head
    box = torch.tensor([[[0.25, 0.5, 0.2, 0.4]]])
    with torch.no_grad():
        logits = head(torch.zeros(1, 1, 32), box, torch.zeros(1, 24, 32, 48))[0, 0]
    places = grid_centers(32, 48).unflatten(0, (32, 48))
    inside = ((places - box[0, 0, :2]).abs() < box[0, 0, 2:] / 2 * 0.6).all(-1)
    outside = ((places - box[0, 0, :2]).abs() > box[0, 0, 2:] / 2 * 1.1).any(-1)
    assert logits[inside].min() > 0 > logits[outside].max()


def test_masks_of_one_image_are_those_of_as_many_images_as_prompts(student):
    torch.manual_seed(2)
    head, queries = student.detector.mask_head, torch.randn(3, 2, 32)
    boxes, pixels = torch.rand(3, 2, 4) * 0.3 + 0.3, torch.randn(1, 24, 16, 24)
    with torch.no_grad():
        one, many = (
            head(queries, boxes, pixels),
            head(queries, boxes, pixels.expand(3, -1, -1, -1)),
        )
    torch.testing.assert_close(one, many, atol=1e-4, rtol=1e-4)


def test_exemplars_see_their_place_and_label(student, levels):
    boxes = torch.tensor([[[0.3, 0.3, 0.2, 0.2]], [[0.7, 0.6, 0.2, 0.2]], [[0.3, 0.3, 0.2, 0.2]]])
    labels = torch.tensor([[1], [1], [0]])
    none = torch.zeros(3, 0, 2), torch.zeros(3, 0, dtype=torch.long)
    with torch.no_grad():
        tokens = student.exemplar_encoder(levels[1], boxes, labels, *none)[:, 0]
    assert not torch.allclose(tokens[0], tokens[1]) and not torch.allclose(tokens[0], tokens[2])


def test_sine_code_follows_its_formula():
    code = sine_code(torch.tensor([[0.25, 0.5]]), 4)[0]
    expected = [1.0, 0.0, 0.0157, 0.9999, 0.0, -1.0, 0.0314, 0.9995]
    assert code.tolist() == pytest.approx(expected, abs=1e-3)


def test_inverse_sigmoid_undoes_sigmoid():
    value = torch.tensor([-3.0, 0.0, 4.0])
    torch.testing.assert_close(inverse_sigmoid(value.sigmoid()), value)


@pytest.mark.parametrize(
    'change',
    [{'input_height': 100}, {'width': 30}, {'queries': 97}],
)
def test_sizes_that_do_not_fit_are_refused(change):
    with pytest.raises(ValueError, match=r'\d'):
        NanoConfig(**({'input_height': 64, 'input_width': 96} | change))


def test_queries_of_a_table_start_from_no_evidence():
    with pytest.raises(ValueError, match='query_selection: proposals'):
        NanoConfig(query_selection='learned')
