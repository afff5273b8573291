"""How well tracks follow objects over a clip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from efficientsam3_ros.core import FrameResult, Rle
from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts
from efficientsam3_ros.evaluation.metrics.identity import IdentityCounts, IdentityMatcher
from efficientsam3_ros.evaluation.metrics.mask_iou import intersection_matrix
from efficientsam3_ros.evaluation.metrics.region_boundary import object_region_boundary

Masks = list[dict[int, Rle]]
"""Per frame: id to mask, non-empty ones only."""


@dataclass(frozen=True)
class ObjectScore:
    """One true object under one concept.

    Attributes:
        concept: The phrase.
        object_id: Its id in the truth.
        track_id: The track that stands for it, 0 if none does.
        j: Mean region similarity, 0..1.
        f: Mean boundary accuracy, 0..1.
        frames: Frames that entered the means.
        idle: What an answer that is always empty would score, 0..1: frames in which truth and
            answer are both empty count as perfect.
    """

    concept: str
    object_id: int
    track_id: int
    j: float
    f: float
    frames: int
    idle: float

    @property
    def jf(self) -> float:
        """(J + F) / 2."""
        return (self.j + self.f) / 2


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
        objects += _object_scores(concept, there, found, truth)
        tracks += len(_ids(found))
    return TrackScores(tuple(objects), identity, counts, tracks)


def _masks(results: Sequence[FrameResult], concept: str) -> Masks:
    return [
        {i.track_id: i.mask for i in result.instances if i.concept == concept and i.area}
        for result in results
    ]


def _ids(frames: Masks) -> list[int]:
    return sorted({number for frame in frames for number in frame})


def _object_scores(
    concept: str, there: Masks, found: Masks, truth: Sequence[FrameResult]
) -> list[ObjectScore]:
    objects, tracks = _ids(there), _ids(found)
    iou = _space_time_iou(there, found, objects, tracks)
    rows, columns = linear_sum_assignment(iou, maximize=True)
    partner = {objects[r]: tracks[c] for r, c in zip(rows, columns) if iou[r, c] > 0}
    scores = []
    for number in objects:
        track = partner.get(number, 0)
        empty = [Rle.empty(frame.height, frame.width) for frame in truth]
        right = [frame.get(number, none) for frame, none in zip(there, empty)]
        guess = [frame.get(track, none) for frame, none in zip(found, empty)]
        score = object_region_boundary(right, guess, drop_ends=False)
        idle = object_region_boundary(right, empty, drop_ends=False)
        if score is not None and idle is not None:
            masks = (score.j, score.f, score.frames)
            scores.append(ObjectScore(concept, number, track, *masks, idle.jf))
    return scores


def _space_time_iou(
    there: Masks, found: Masks, objects: Sequence[int], tracks: Sequence[int]
) -> np.ndarray:
    """Return (objects, tracks): common pixels of all frames over the union of all frames."""
    row = {number: i for i, number in enumerate(objects)}
    column = {number: i for i, number in enumerate(tracks)}
    common = np.zeros((len(objects), len(tracks)), np.int64)
    areas_1, areas_2 = np.zeros(len(objects), np.int64), np.zeros(len(tracks), np.int64)
    for frame_1, frame_2 in zip(there, found):
        rows, columns = [row[n] for n in frame_1], [column[n] for n in frame_2]
        table = intersection_matrix(list(frame_1.values()), list(frame_2.values()))
        common[np.ix_(rows, columns)] += table
        for number, mask in frame_1.items():
            areas_1[row[number]] += mask.area
        for number, mask in frame_2.items():
            areas_2[column[number]] += mask.area
    return common / np.maximum(areas_1[:, None] + areas_2[None] - common, 1)
