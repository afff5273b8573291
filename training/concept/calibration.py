"""Threshold and presence gate of a student, chosen on labels or on what its teacher answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import torch

from efficientsam3_ros.evaluation.scoring.operating_point import (
    GATES,
    THRESHOLDS,
    Datapoint,
    OperatingPoint,
    best,
    rate,
)
from training.concept.data.batch import ConceptBatch, ConceptTruth
from training.concept.objective import taught_by
from training.settings.reading import ConfigError
from training.teacher.protocol import Teacher, TeacherDetections

SURE = 0.5
"""Score, times presence, from which SAM 3 counts what it finds (arXiv 2511.16719)."""


@dataclass(frozen=True)
class Choice:
    """What was chosen, and what the values of before give.

    Attributes:
        chosen: The best pair of threshold and gate.
        before: The pair that was there.
        questions: How many phrases were asked.
    """

    chosen: OperatingPoint
    before: OperatingPoint
    questions: int


def choose(
    points: Sequence[Datapoint], before: tuple[float, float], min_absent: float = 0.0
) -> Choice:
    """Choose by cgF1.

    Args:
        points: One a phrase and picture.
        before: Threshold and gate that are there.
        min_absent: Share of absent phrases that must stay empty, if any pair keeps it.

    Raises:
        ConfigError: If nothing is asked that is there, or nothing that is not.
    """
    try:
        chosen = best(rate(points, THRESHOLDS, GATES), min_absent)
        was = rate(points, [before[0]], [before[1]])[0]
    except ValueError as error:
        raise ConfigError(f'These pictures decide nothing: {error}') from None
    return Choice(chosen, was, len(points))


@torch.no_grad()
def told_by(teacher: Teacher, batches: Iterable[ConceptBatch]) -> Iterator[ConceptBatch]:
    """Yield the same questions with the teacher's answers in the place of labels.

    Args:
        teacher: Asked the same phrases.
        batches: Pictures.
    """
    for batch in batches:
        found = taught_by(teacher, batch)
        truths = [_truth(truth, told) for truth, told in zip(batch.truths, found, strict=True)]
        yield replace(batch, truths=tuple(truths))


def _truth(truth: ConceptTruth, told: TeacherDetections | None) -> ConceptTruth:
    """Return what a teacher says as if it were true: what it is sure of, each by itself."""
    if told is None:
        return truth
    scores = told.logits.float().sigmoid() * told.presence.float().sigmoid()[:, None]
    phrase, query = (scores >= SURE).nonzero(as_tuple=True)
    rows = torch.arange(len(truth.phrases), device=phrase.device)
    masks = told.mask_logits[phrase, query]
    return replace(
        truth,
        positive=rows[:, None] == phrase[None],
        boxes=told.boxes[phrase, query].float(),
        masks=(masks > 0).float(),
        identity=torch.arange(len(phrase), device=phrase.device),
        labeled=True,
    )
