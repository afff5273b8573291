"""cgF1 of a row, at the threshold that served best on other pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts
from efficientsam3_ros.evaluation.metrics.counts import Counts
from efficientsam3_ros.evaluation.scoring.operating_point import THRESHOLDS, Datapoint, best, rate
from efficientsam3_ros.model.student import Student, sam3_preprocess
from training.concept.data.draw import ConceptDraw
from training.concept.data.frames import open_pictures
from training.concept.validation import points_of

_EVERY = 10_000
"""More phrases than a picture has."""
_MULTIPLIED = 1.0
"""The presence gate with which SAM 3 multiplies scores by presence."""


def threshold_of(student: Student, root: Path) -> float:
    """Return the threshold with the best cgF1 on pictures with phrases.

    Raises:
        ValueError: If nothing is asked that is there, or nothing that is not.
    """
    points = [point for _, own in _points(student, root) for point in own]
    return best(rate(points, THRESHOLDS, (_MULTIPLIED,))).threshold


def concept_counts(student: Student, root: Path, threshold: float) -> dict[str, Counts]:
    """Ask every phrase of pictures in SA-Co's form; return counts a picture.

    Args:
        student: The network, in evaluation mode.
        root: The pictures.
        threshold: Score, times presence, from which a detection counts.
    """
    found: dict[str, Counts] = {}
    for name, points in _points(student, root):
        counts = ConceptCounts()
        for point in points:
            kept = int((point.matches * point.presence >= threshold).sum())
            counts = counts + ConceptCounts.of_iou(point.iou[:kept])
        found[name] = counts
    return found


def _points(student: Student, root: Path) -> Iterator[tuple[str, list[Datapoint]]]:
    config = student.config
    preprocess = sam3_preprocess(config.size)
    draw = ConceptDraw(preprocess, config.context, 4 * config.grid, _EVERY, 1.0)
    for item in open_pictures(root):
        batch = draw(item.read(), np.random.default_rng(0))
        yield item.name, points_of(student, [batch])
