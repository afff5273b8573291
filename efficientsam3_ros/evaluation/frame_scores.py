"""The detector alone, frame by frame, without a tracker's memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.core import FrameResult
from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts
from efficientsam3_ros.evaluation.metrics.mask_iou import iou_matrix
from efficientsam3_ros.evaluation.metrics.presence import PresenceCounts
from efficientsam3_ros.tracking import TrackerConfig
from efficientsam3_ros.tracking.detection.detector import RawDetections
from efficientsam3_ros.tracking.detection.postprocess import select
from efficientsam3_ros.tracking.prompts.prompt_set import concept_key

SCORE_FLOOR = 0.05
"""Detections below this are not looked at, whatever the threshold."""

THRESHOLDS = tuple(np.arange(4, 39) / 40)
"""What ``best_threshold`` tries: .100, .125, ... .950."""


@dataclass(frozen=True, eq=False)
class Datapoint:
    """All detections of one phrase in one frame, whatever their score.

    Attributes:
        concept: The phrase.
        in_scene: Whether any object of the clip answers it, in view or not.
        scores: float64 (D,), falling, each at least ``SCORE_FLOOR``.
        iou: float64 (D, G) mask IoU with the G true objects in view.
    """

    concept: str
    in_scene: bool
    scores: np.ndarray
    iou: np.ndarray

    def counts(self, threshold: float) -> ConceptCounts:
        """Count the detections from a threshold on."""
        return ConceptCounts.of_iou(self.iou[self.scores >= threshold])

    def presence(self, threshold: float) -> PresenceCounts:
        """Tell whether the answer 'there' or 'not there' was right."""
        found = bool((self.scores >= threshold).any())
        return PresenceCounts.of(self.in_scene, self.iou.shape[1] > 0, found)


def frame_datapoints(
    raw: RawDetections, concepts: Sequence[str], in_scene: Iterable[str], truth: FrameResult
) -> list[Datapoint]:
    """Compare one frame's detections with the truth.

    Suppression goes from the best to the worst, so that a threshold applied afterwards keeps
    what it would have kept before.

    Args:
        raw: Detector outputs, one row a concept; scores with presence.
        concepts: In the order of the rows.
        in_scene: Concepts that some object of the clip answers.
        truth: What is there.
    """
    keys = [concept_key(concept) for concept in concepts]
    floors = [SCORE_FLOOR] * len(concepts)
    found = select(raw, keys, floors, (truth.height, truth.width), TrackerConfig(presence_gate=0))
    points = []
    for key, concept in zip(keys, concepts):
        mine = [item for item in found if item.key == key]
        there = [item.mask for item in truth.instances if item.concept == concept]
        iou = iou_matrix([item.region.rle() for item in mine], there)
        scores = np.array([item.score for item in mine], float)
        points.append(Datapoint(concept, concept in in_scene, scores, iou))
    return points


@dataclass(frozen=True)
class ThresholdScore:
    """What a threshold gives.

    Attributes:
        threshold: Score from which a detection counts.
        cgf1: 0..1.
        absent: Share of the answers about absent concepts that stayed empty; NaN without any.
    """

    threshold: float
    cgf1: float
    absent: float


def threshold_scores(datapoints: Sequence[Datapoint]) -> list[ThresholdScore]:
    """Rate every one of ``THRESHOLDS``."""
    rated = []
    for value in map(float, THRESHOLDS):
        counts = sum((point.counts(value) for point in datapoints), ConceptCounts())
        presence = sum((point.presence(value) for point in datapoints), PresenceCounts())
        rated.append(ThresholdScore(value, counts.score().cgf1, presence.absent_accuracy))
    return rated


def best_threshold(datapoints: Sequence[Datapoint], min_absent: float = 0.0) -> ThresholdScore:
    """Return the threshold with the highest cgF1; use validation scenes only.

    Args:
        datapoints: Answers on validation scenes.
        min_absent: Only thresholds that keep this share of the absent concepts empty are taken
            into account, if there are any.
    """
    rated = threshold_scores(datapoints)
    # A comparison with NaN is false, so data without absent concepts do not limit the choice.
    strict = [item for item in rated if not item.absent < min_absent]
    return max(strict or rated, key=lambda item: (item.cgf1, item.threshold))
