"""Several queries a thing: which ones, and what they cost, by hand."""

from __future__ import annotations

import math

import pytest

pytest.importorskip('torch')
pytest.importorskip('torchvision')

import torch

from efficientsam3_ros.model.detector.heads import AuxiliaryDetections
from training.losses.one_to_many import OneToMany, one_to_many_terms

TRUTH = torch.tensor([[0.25, 0.5, 0.5, 1.0], [0.75, 0.5, 0.5, 1.0]])
"""The left and the right half."""
SURE = -20.0, 20.0


def shifted(*shifts: float) -> torch.Tensor:
    """Return boxes (1, Q, 4): the left half, moved to the right by these."""
    return torch.stack([TRUTH[0] + torch.tensor([s, 0.0, 0.0, 0.0]) for s in shifts])[None]


def pairs(matching: OneToMany, logits, boxes, positive) -> list[tuple[int, int, int]]:
    found = matching.match(torch.tensor(logits), boxes, torch.tensor(positive), TRUTH)
    return list(zip(found.phrase.tolist(), found.query.tolist(), found.instance.tolist()))


def test_the_best_pairs_above_the_threshold_are_matched():
    # Moved by d, the IoU is (0.5 - d) / (0.5 + d): 1, 9/11, 2/3, 3/7 and 1/9.
    boxes = shifted(0.0, 0.05, 0.1, 0.2, 0.4)
    alone = [[True, False]]
    # Scores of 1/2 and alpha 0.3: quality 0.85, 0.72, 0.62, 0.45 and 0.23.
    logits = [[0.0] * 5]
    assert pairs(OneToMany(), logits, boxes, alone) == [(0, q, 0) for q in (0, 1, 2, 3)]
    assert pairs(OneToMany(top=2), logits, boxes, alone) == [(0, 0, 0), (0, 1, 0)]
    assert pairs(OneToMany(threshold=0.7), logits, boxes, alone) == [(0, 0, 0), (0, 1, 0)]
    assert pairs(OneToMany(threshold=0.9), logits, boxes, alone) == []
    # A sure query of IoU 1/9 has 0.3 + 0.078, still too little; of IoU 3/7 it has 0.6.
    sure = [[0.0, 0.0, 0.0, 20.0, 20.0]]
    assert pairs(OneToMany(), sure, boxes, alone) == [(0, q, 0) for q in (0, 1, 2, 3)]
    # By the score alone.
    assert pairs(OneToMany(top=2, alpha=1.0), sure, boxes, alone) == [(0, 3, 0), (0, 4, 0)]


def test_a_query_between_two_things_goes_to_the_nearer_and_phrases_stay_apart():
    boxes = shifted(0.2, 0.3).expand(3, -1, -1)
    positive = [[True, True], [False, False], [False, True]]
    found = pairs(OneToMany(threshold=0.1), [[0.0, 0.0]] * 3, boxes, positive)
    assert found == [(0, 0, 0), (0, 1, 1), (2, 0, 1), (2, 1, 1)]


def test_losses_by_hand():
    # Right on the thing; moved by 0.1, IoU 2/3; not matched.
    boxes = shifted(0.0, 0.1, 0.45)
    logits = torch.tensor([[0.0, 0.0, 0.0]])
    found = AuxiliaryDetections((logits,), (boxes,))
    terms = one_to_many_terms(found, torch.tensor([[True, False]]), TRUTH, OneToMany())
    # 5 L1 + 2 (1 - GIoU), a mean of two; boxes of one row: GIoU is the IoU.
    assert float(terms['many_box']) == pytest.approx((5 * 0.1 + 2 / 3) / 2, abs=1e-5)
    # At probability 1/2 the cross-entropy is ln 2 whatever the target; 0.4 |q - p|^2 of the
    # matched, 0.6 p^2 of the other, divided by two pairs.
    weights = 0.4 * (1 - 0.5) ** 2 + 0.4 * (2 / 3 - 0.5) ** 2 + 0.6 * 0.5**2
    assert float(terms['many_score']) == pytest.approx(math.log(2) * weights / 2, abs=1e-5)


def test_two_layers_are_averaged_and_matched_by_the_last():
    near, far = shifted(0.0), shifted(0.45)
    low, high = torch.tensor([[SURE[0]]]), torch.tensor([[SURE[1]]])
    positive = torch.tensor([[True, False]])
    found = AuxiliaryDetections((high, high), (far, near))
    terms = one_to_many_terms(found, positive, TRUTH, OneToMany())
    # Far off by 0.45: IoU 1/19.
    assert float(terms['many_box']) == pytest.approx((5 * 0.45 + 2 * 18 / 19) / 2, abs=1e-4)
    missed = AuxiliaryDetections((low, high), (near, far))
    terms = one_to_many_terms(missed, positive, TRUTH, OneToMany())
    assert float(terms['many_box']) == 0
    # Nothing is matched, so the second layer's sureness is wrong: 0.6 * 20, and nothing else.
    assert float(terms['many_score']) == pytest.approx(0.6 * 20 / 2, rel=1e-4)


def test_gradients_reach_matched_boxes_and_all_scores():
    boxes, logits = shifted(0.1, 0.45).requires_grad_(), torch.zeros(1, 2, requires_grad=True)
    terms = one_to_many_terms(
        AuxiliaryDetections((logits,), (boxes,)), torch.tensor([[True, False]]), TRUTH, OneToMany()
    )
    sum(terms.values()).backward()
    assert boxes.grad[0, 0].abs().sum() > 0 and boxes.grad[0, 1].abs().sum() == 0
    assert logits.grad[0, 0] < 0 < logits.grad[0, 1]


@pytest.mark.parametrize(('entry', 'value'), [('top', 0), ('alpha', 1.5), ('threshold', 1.0)])
def test_settings_that_match_nothing_are_refused(entry, value):
    with pytest.raises(ValueError, match=r'one_to_many\.top'):
        OneToMany(**{entry: value})
