"""Which detection threshold, and which presence gate, serve best: found on validation frames."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts
from efficientsam3_ros.evaluation.metrics.presence import PresenceCounts
from efficientsam3_ros.tracking.detection.postprocess import gated

SCORE_FLOOR = 0.05
"""Match score below which detections are not looked at, whatever the threshold."""
THRESHOLDS = tuple(float(value) for value in np.arange(4, 39) / 40)
"""What is tried: .100, .125, ... .950."""
GATES = tuple(float(value) for value in np.arange(11) / 10)
"""What is tried: 0, .1, ... 1."""


@dataclass(frozen=True, eq=False)
class Datapoint:
    """All detections of one phrase in one frame, whatever their score.

    Attributes:
        in_scene: Whether any object of the sequence answers the phrase, in view or not.
        presence: Probability that it is in the picture, 0..1.
        matches: float32 (D,) match scores, falling, each at least ``SCORE_FLOOR``.
        iou: float64 (D, G) mask IoU with the G true objects in view.
    """

    in_scene: bool
    presence: float
    matches: np.ndarray
    iou: np.ndarray

    def counts(self, kept: int) -> np.ndarray:
        """Return the counts of the best ``kept`` detections: those of cgF1, then of presence."""
        answers = PresenceCounts.of(self.in_scene, self.iou.shape[1] > 0, kept > 0)
        return np.append(ConceptCounts.of_iou(self.iou[:kept]).vector(), answers.vector())


@dataclass(frozen=True)
class OperatingPoint:
    """What a threshold and a gate give.

    Attributes:
        threshold: Score from which a detection counts.
        presence_gate: Presence below which scores shrink.
        cgf1: 0..1.
        absent: Share of the answers about absent concepts that stayed empty; NaN without any.
    """

    threshold: float
    presence_gate: float
    cgf1: float
    absent: float


def rate(
    points: Sequence[Datapoint],
    thresholds: Iterable[float] = THRESHOLDS,
    gates: Iterable[float] = GATES,
) -> list[OperatingPoint]:
    """Rate every pair of a threshold and a gate.

    A gate changes all scores of a datapoint alike, and overlapping detections are suppressed from
    the best on, so what a pair keeps is always the best of the detections.

    Raises:
        ValueError: If no frame shows what was asked for, or none lacks it: cgF1 is 0/0 then.
    """
    if len({point.iou.shape[1] > 0 for point in points}) < 2:
        raise ValueError(
            'cgF1 is undefined: it needs frames that show what is asked for and frames that do '
            'not; name absent concepts, as with --also "green fork".'
        )
    most = max(len(point.matches) for point in points)
    matches = np.full((len(points), most), -1, np.float32)
    for row, point in zip(matches, points):
        row[: len(point.matches)] = point.matches
    presence = np.array([point.presence for point in points], np.float32)
    # Counts of every datapoint by the number of its detections that are kept, one below the other.
    counts = np.array([p.counts(kept) for p in points for kept in range(len(p.matches) + 1)])
    starts = np.cumsum([0, *(len(point.matches) + 1 for point in points)])[:-1]
    thresholds, rated = tuple(thresholds), []
    for gate in gates:
        scores = gated(matches, presence, gate)
        for threshold in thresholds:
            kept = (scores >= threshold).sum(axis=1)
            rated.append(_rated(threshold, gate, counts[starts + kept].sum(axis=0)))
    return rated


def best(rated: Sequence[OperatingPoint], min_absent: float = 0.0) -> OperatingPoint:
    """Return the point with the highest cgF1; of equal ones that with the highest threshold.

    Args:
        rated: From ``rate``, on validation frames.
        min_absent: Only points that keep this share of the absent concepts empty are taken into
            account, if there are any.
    """
    # A comparison with NaN is false, so data without absent concepts do not limit the choice.
    strict = [item for item in rated if not item.absent < min_absent]
    return max(strict or rated, key=lambda item: (item.cgf1, item.threshold, item.presence_gate))


def _rated(threshold: float, gate: float, total: np.ndarray) -> OperatingPoint:
    concepts, presence = ConceptCounts(), PresenceCounts()
    split = concepts.vector().size
    concepts, presence = concepts.from_vector(total[:split]), presence.from_vector(total[split:])
    return OperatingPoint(threshold, gate, concepts.score().cgf1, presence.absent_accuracy)
