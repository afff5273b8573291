"""How well tracks follow objects over a clip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.core import FrameResult
from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts
from efficientsam3_ros.evaluation.metrics.frame_overlap import FrameOverlap
from efficientsam3_ros.evaluation.metrics.identity import IdentityCounts, IdentityMatcher
from efficientsam3_ros.evaluation.metrics.volume_iou import VolumeIou
from efficientsam3_ros.evaluation.scoring.concept_masks import Masks
from efficientsam3_ros.evaluation.scoring.object_scores import ObjectScore, object_curve

__all__ = ['ObjectScore', 'TrackScores', 'track_scores']


@dataclass(frozen=True)
class TrackScores:
    """Scores of one clip.

    Attributes:
        objects: Every object that was in view at least once, under every concept it answers.
        identity: Identity switches and matches.
        concept: cgF1 counts of the visible tracks, frame by frame.
        tracks: Tracks that were ever visible.
    """

    objects: tuple[ObjectScore, ...]
    identity: IdentityCounts
    concept: ConceptCounts
    tracks: int

    @property
    def jf(self) -> float:
        """Mean J&F over objects, 0..1; NaN without an object."""
        return float(np.mean([item.jf for item in self.objects])) if self.objects else np.nan


def track_scores(
    truth: Sequence[FrameResult], results: Sequence[FrameResult], concepts: Sequence[str]
) -> TrackScores:
    """Score a tracker's results.

    A track answers for the object of its concept with which it shares most, by space-time IoU,
    one for one (as DAVIS 2017 does without given masks). All frames count, the first and last
    too, because no mask was given at the start.

    Args:
        truth: One result a frame; an object's ``track_id`` is its id.
        results: What the tracker said of the same frames, same length.
        concepts: What was asked for.

    Raises:
        ValueError: If the lengths differ.
    """
    if len(truth) != len(results):
        raise ValueError(f'{len(truth)} true frames but {len(results)} results.')
    objects: list[ObjectScore] = []
    identity, counts, tracks = IdentityCounts(), ConceptCounts(), 0
    for concept in concepts:
        there, found = _masks(truth, concept), _masks(results, concept)
        matcher = IdentityMatcher()
        for frame_truth, frame_found in zip(there, found):
            identity += matcher.step(frame_truth, frame_found)
            counts += ConceptCounts.of(list(frame_truth.values()), list(frame_found.values()))
        objects += _object_scores(concept, there, found)
        tracks += len(_ids(found))
    return TrackScores(tuple(objects), identity, counts, tracks)


def _masks(results: Sequence[FrameResult], concept: str) -> list[Masks]:
    return [
        {i.track_id: i.mask for i in result.instances if i.concept == concept and i.area}
        for result in results
    ]


def _ids(frames: list[Masks]) -> list[int]:
    return sorted({number for frame in frames for number in frame})


def _object_scores(concept: str, there: list[Masks], found: list[Masks]) -> list[ObjectScore]:
    frames = list(zip(there, found))
    volumes = VolumeIou.of([FrameOverlap.of(*frame) for frame in frames])
    partners = volumes.partners()
    curves = [
        object_curve(concept, (number, partners.get(number, 0)), frames, drop_ends=False)
        for number in volumes.objects
    ]
    return [curve.score for curve in curves if curve.score is not None]
