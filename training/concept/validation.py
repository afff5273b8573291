"""cgF1 of a student on pictures that it never learned from, and where it is lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts
from efficientsam3_ros.evaluation.scoring.operating_point import (
    SCORE_FLOOR,
    THRESHOLDS,
    Datapoint,
    best,
    rate,
)
from efficientsam3_ros.model.image.trunks import forget_biases
from efficientsam3_ros.model.student import Student
from training.concept.data.batch import ConceptBatch, ConceptTruth
from training.concept.oracles import ORACLES
from training.network.answering import Answer, answers
from training.settings.reading import ConfigError

CGF1, THRESHOLD = 'val_cgf1', 'val_threshold'
_MULTIPLIED = (1.0,)
"""The presence gate with which SAM 3 multiplies scores by presence."""
_MOST = 64
"""Masks of a phrase that are compared, the best ones."""


def validate(student: Student, batches: Iterable[ConceptBatch]) -> dict[str, float]:
    """Ask the phrases of held-out pictures.

    Masks are compared on the grid that they are predicted on.

    Returns:
        ``val_cgf1`` at the threshold that serves it best, ``val_pmf1`` and ``val_il_mcc`` there,
        ``val_threshold`` itself, and the cgF1 that there would be with one thing known from the
        truth: ``val_oracle_presence``, ``val_oracle_score``, ``val_oracle_masks``.

    Raises:
        ConfigError: If nothing is asked that is there, or nothing that is not.
    """
    return figures(points_of(student, batches))


@torch.no_grad()
def points_of(student: Student, batches: Iterable[ConceptBatch]) -> list[Datapoint]:
    """Return one datapoint a phrase and picture."""
    # TinyViT keeps biases of the weights that it was evaluated with before.
    forget_biases(student.image_encoder.trunk)
    points: list[Datapoint] = []
    for batch in batches:
        for image, truth in zip(batch.images, batch.truths):
            if truth.phrases:
                (answer,) = answers(student, image[None], [truth.token_ids])
                points += datapoints(student, answer, truth)
    return points


def figures(points: Sequence[Datapoint]) -> dict[str, float]:
    """Return the figures of a validation; see :func:`validate`."""
    try:
        chosen = best(rate(points, THRESHOLDS, _MULTIPLIED))
        lost = {
            f'val_oracle_{name}': best(rate([know(p) for p in points], THRESHOLDS, _MULTIPLIED))
            for name, know in ORACLES.items()
        }
    except ValueError as error:
        raise ConfigError(
            'The held-out pictures need phrases with and without instances, or cgF1 is '
            f'undefined; give others as data.validation ({error})'
        ) from None
    counts = ConceptCounts()
    for point in points:
        kept = int((point.matches * point.presence >= chosen.threshold).sum())
        counts = counts + ConceptCounts.of_iou(point.iou[:kept])
    score = counts.score()
    at_best = {'val_pmf1': score.pmf1, 'val_il_mcc': score.il_mcc}
    cgf1 = {CGF1: chosen.cgf1, THRESHOLD: chosen.threshold}
    return cgf1 | at_best | {name: point.cgf1 for name, point in lost.items()}


def datapoints(student: Student, answer: Answer, truth: ConceptTruth) -> list[Datapoint]:
    """Return one datapoint a phrase of a picture."""
    scores = answer.found.logits[-1].sigmoid()
    presence = answer.found.presence.sigmoid().tolist()
    points = []
    for phrase in range(len(scores)):
        matches, order = scores[phrase].topk(min(_MOST, scores.shape[1]))
        order = order[matches >= SCORE_FLOOR]
        masks = answer.masks(student, phrase, order)
        wanted = truth.masks[truth.positive[phrase]]
        kept = matches[: len(order)].float().cpu().numpy()
        iou = iou_of(masks, wanted).cpu().numpy()
        points.append(Datapoint(bool(len(wanted)), presence[phrase], kept, iou))
    return points


def iou_of(logits: Tensor, truth: Tensor) -> Tensor:
    """Return the IoU (D, G) of mask logits (D, h, w) with soft masks (G, h, w)."""
    found = (logits > 0).flatten(1).double()
    wanted = (truth > 0.5).flatten(1).double()
    both = found @ wanted.T
    either = found.sum(1)[:, None] + wanted.sum(1)[None] - both
    return both / either.clamp(min=1)
