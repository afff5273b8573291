"""Image cgF1 with several annotators, as on SA-Co Gold.

Rules of SAM 3's evaluator (facebookresearch/sam3, ``sam3/eval``): a datapoint counts only if
every annotator called it exhaustive; the annotator who agrees best with the prediction is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts
from efficientsam3_ros.evaluation.metrics.mask_iou import iou_matrix

SCORE_THRESHOLD = 0.5
"""Predictions with score >= this are kept, as SAM 3's evaluator does."""


@dataclass(frozen=True)
class PhraseTruth:
    """One annotator's answer to one (image, phrase) pair.

    Attributes:
        masks: Objects that answer the phrase.
        crowd: Which of them are groups, in the order of ``masks``; these are ignored. Empty
            means none.
        exhaustive: Whether every instance has a mask of its own.
    """

    masks: tuple[Rle, ...] = ()
    crowd: tuple[bool, ...] = ()
    exhaustive: bool = True

    def objects(self) -> list[Rle]:
        """Return the masks that are scored."""
        flags = self.crowd or (False,) * len(self.masks)
        return [mask for mask, crowd in zip(self.masks, flags, strict=True) if not crowd]


@dataclass(frozen=True)
class ScoredMask:
    """One prediction.

    Attributes:
        mask: Where.
        score: 0..1.
    """

    mask: Rle
    score: float


@dataclass(frozen=True)
class PhraseDatapoint:
    """One (image, phrase) pair.

    Attributes:
        annotators: At least one.
        predictions: Of any score.
    """

    annotators: tuple[PhraseTruth, ...]
    predictions: tuple[ScoredMask, ...] = ()


def image_counts(
    datapoints: Iterable[PhraseDatapoint], threshold: float = SCORE_THRESHOLD
) -> tuple[ConceptCounts, int]:
    """Return the counts, and how many datapoints were left out as not exhaustive.

    Args:
        datapoints: Every pair that was asked, those without predictions too.
        threshold: Score from which a prediction counts.
    """
    total, left_out = ConceptCounts(), 0
    for point in datapoints:
        if not all(answer.exhaustive for answer in point.annotators):
            left_out += 1
            continue
        kept = [item.mask for item in point.predictions if item.score >= threshold]
        total += best_annotator(
            [
                ConceptCounts.of_iou(iou_matrix(kept, answer.objects()))
                for answer in point.annotators
            ]
        )
    return total, left_out


def best_annotator(answers: Sequence[ConceptCounts]) -> ConceptCounts:
    """Return the counts against the annotator who agrees best; ties keep the earlier.

    Args:
        answers: The same prediction counted against each annotator, one datapoint each.
    """
    return max(answers, key=_agreement)


def _agreement(counts: ConceptCounts) -> float:
    """Return the mean over the IoU thresholds of F1; above 1 for 'nothing there' said by both."""
    if counts.il_tn:
        return 2.0
    pooled = counts.predicted + counts.truths
    return float(np.mean(2 * counts.tp / pooled)) if pooled else 0.0
