"""Image cgF1 with several annotators follows SAM 3's rules, written out anew here."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.evaluation.metrics.annotators import (
    PhraseDatapoint,
    PhraseTruth,
    ScoredMask,
    image_counts,
)
from efficientsam3_ros.evaluation.metrics.concept_f1 import TAUS


def square(x: int, y: int = 10) -> Rle:
    mask = np.zeros((64, 64), bool)
    mask[y : y + 20, x : x + 20] = True
    return Rle.encode(mask)


def found(*places: tuple[int, int, float]) -> tuple[ScoredMask, ...]:
    return tuple(ScoredMask(square(x, y), score) for x, y, score in places)


def one(*truths: PhraseTruth, predictions: tuple[ScoredMask, ...] = ()):
    return image_counts([PhraseDatapoint(truths, predictions)])


def test_golden_case_with_its_scores():
    pairs = [
        ([(10, 10)], [(10, 10, 0.9)]),
        ([(2, 2), (40, 40)], [(4, 2, 0.8)]),
        ([], []),
        ([], [(10, 10, 0.6)]),
        ([(10, 10)], [(10, 10, 0.4)]),
        ([], []),
        ([(10, 10)], [(10, 10, 0.9), (42, 42, 0.5)]),
    ]
    points = [
        PhraseDatapoint((PhraseTruth(tuple(square(*p) for p in truth)),), found(*predicted))
        for truth, predicted in pairs
    ]
    counts, left_out = image_counts(points)
    assert left_out == 0
    assert counts.score().cgf1 == pytest.approx(0.249974, abs=5e-7)
    assert counts.score().pmf1 == pytest.approx(0.599937, abs=5e-7)


def test_score_on_the_threshold_counts():
    assert one(PhraseTruth((square(10),)), predictions=found((10, 10, 0.5)))[0].il_tp == 1
    assert one(PhraseTruth((square(10),)), predictions=found((10, 10, 0.499)))[0].il_fn == 1


def test_crowds_are_ignored():
    counts, _ = one(PhraseTruth((square(10), square(40)), crowd=(False, True)))
    assert (counts.truths, counts.il_fn) == (1, 1)
    counts, _ = one(PhraseTruth((square(10),), crowd=(True,)))
    assert counts.il_tn == 1


def test_datapoint_is_left_out_if_any_annotator_was_not_exhaustive():
    counts, left_out = one(PhraseTruth((square(10),)), PhraseTruth((), exhaustive=False))
    assert (counts.datapoints, left_out) == (0, 1)


def test_best_annotator_is_taken_and_a_true_negative_wins():
    near, far = PhraseTruth((square(11),)), PhraseTruth((square(16),))
    predictions = found((10, 10, 0.9))
    counts, _ = one(far, near, predictions=predictions)
    assert counts.tp.tolist() == one(near, predictions=predictions)[0].tp.tolist()
    counts, _ = one(near, PhraseTruth())
    assert (counts.il_tn, counts.il_fn) == (1, 0)


def test_tie_keeps_the_earlier_annotator():
    two, three = PhraseTruth((square(0), square(40))), PhraseTruth((square(0),) * 3)
    assert one(two, three)[0].truths == 2
    assert one(three, two)[0].truths == 3


def random_points(seed: int) -> list[PhraseDatapoint]:
    rng = np.random.default_rng(seed)
    points = []
    for _ in range(60):
        places = rng.integers(0, 44, (int(rng.integers(0, 4)), 2))

        def moved(by: int, share: float, places=places) -> list[tuple[int, int]]:
            kept = places[rng.random(len(places)) < share]
            return [tuple(np.clip(p + rng.integers(-by, by + 1, 2), 0, 44)) for p in kept]

        answers = tuple(
            PhraseTruth(
                tuple(square(*p) for p in moved(2, 0.9)), exhaustive=bool(rng.random() < 0.95)
            )
            for _ in range(3)
        )
        guesses = [*moved(4, 0.8), *(tuple(p) for p in rng.integers(0, 44, (1, 2)))]
        masks = tuple(ScoredMask(square(*p), float(rng.random())) for p in guesses)
        points.append(PhraseDatapoint(answers, masks))
    return points


def written_out(points: list[PhraseDatapoint]) -> tuple[float, float, float]:
    """Return (cgF1, pmF1, IL_MCC) straight from the definition, with COCO's own mask IoU."""
    coco = pytest.importorskip('pycocotools.mask')
    tp, fp, fn = np.zeros((3, 10))
    outcome = dict.fromkeys(('tp', 'fp', 'tn', 'fn'), 0)
    for point in points:
        if any(not answer.exhaustive for answer in point.annotators):
            continue
        masks = [m.mask for m in point.predictions if m.score >= 0.5]
        best = None
        for answer in point.annotators:
            codes = [
                [coco.encode(np.asfortranarray(m.decode().astype(np.uint8))) for m in side]
                for side in (masks, answer.masks)
            ]
            hits = np.zeros(10)
            if all(codes):
                iou = coco.iou(*codes, [0] * len(codes[1]))
                hits = (iou[linear_sum_assignment(-iou)] >= TAUS[:, None]).sum(axis=1)
            d, g = len(codes[0]), len(codes[1])
            f1 = np.mean(2 * hits / (d + g)) if d + g else 9.0
            if best is None or f1 > best[0]:
                best = (f1, hits, d, g)
        _, hits, d, g = best
        outcome[('t' if (d > 0) == (g > 0) else 'f') + ('p' if d else 'n')] += 1
        tp, fn = tp + hits, fn + g - hits
        fp = fp + (d - hits if g else 0)
    p, r = tp / (tp + fp + 1e-4), tp / (tp + fn + 1e-4)
    pmf1 = np.mean(2 * p * r / (p + r + 1e-4))
    a, b, c, d = (outcome[name] for name in ('tp', 'fp', 'tn', 'fn'))
    mcc = (a * c - b * d) / (np.sqrt(float((a + b) * (a + d) * (c + b) * (c + d))) + 1e-6)
    return pmf1 * mcc, pmf1, mcc


@pytest.mark.parametrize('seed', range(4))
def test_random_pairs_of_three_annotators(seed):
    points = random_points(seed)
    counts, left_out = image_counts(points)
    score = counts.score()
    assert 0 < left_out < 20
    assert counts.datapoints == 60 - left_out
    assert 0.05 < score.cgf1 < 0.9
    assert (score.cgf1, score.pmf1, score.il_mcc) == pytest.approx(written_out(points), abs=1e-9)
