"""Everything that is measured on one concept of one sequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from efficientsam3_ros.core import FrameResult, Rle
from efficientsam3_ros.datasets.sequence import TruthKind
from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts
from efficientsam3_ros.evaluation.metrics.detection import DetectionCounts
from efficientsam3_ros.evaluation.metrics.frame_overlap import FrameOverlap
from efficientsam3_ros.evaluation.metrics.hota import HotaCounts
from efficientsam3_ros.evaluation.metrics.identity import IdentityCounts, IdentityMatcher
from efficientsam3_ros.evaluation.metrics.mean_iou import OverlapCounts
from efficientsam3_ros.evaluation.metrics.presence import PresenceCounts
from efficientsam3_ros.evaluation.metrics.reentry import ReentryCounts
from efficientsam3_ros.evaluation.metrics.region_boundary import (
    RegionBoundaryCounts,
    region_boundary_series,
)
from efficientsam3_ros.evaluation.metrics.stability import StabilityCounts
from efficientsam3_ros.evaluation.metrics.volume_iou import VolumeIou
from efficientsam3_ros.evaluation.scoring.concept_masks import Masks, masks_by_id
from efficientsam3_ros.evaluation.scoring.frame_row import FrameRow, ObjectRow
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts


def measure_concept(
    concept: str,
    truth: Sequence[FrameResult | None],
    predictions: Sequence[FrameResult | None],
    kind: TruthKind,
) -> tuple[SequenceCounts, list[FrameRow]]:
    """Measure one concept.

    Args:
        concept: The phrase; '' stands for all objects whatever they are called.
        truth: One entry a frame; None where it is not annotated.
        predictions: One entry a frame; None where the tracker gave no answer.
        kind: Decides what can be measured.

    Returns:
        Its sums without the numbers of frames, and one row a frame.
    """
    there, found = masks_by_id(truth, concept), masks_by_id(predictions, concept)
    # No answer counts as an empty one.
    frames = [(true, mine or {}) for true, mine in zip(there, found) if true is not None]
    overlaps = [FrameOverlap.of(*frame) for frame in frames]
    volumes = VolumeIou.of(overlaps)
    masks, series = _fit(frames, dict.fromkeys(volumes.objects, 0) | volumes.partners(), kind)
    identity, annotated = _follow(concept, overlaps, series)
    remaining = iter(annotated)
    rows = [
        FrameRow(False, len(mine or ())) if true is None else next(remaining)
        for true, mine in zip(there, found)
    ]
    counts = SequenceCounts(
        hota=HotaCounts.of(overlaps),
        identity=identity,
        masks=masks,
        overlap=sum((OverlapCounts.of_iou(item.iou) for item in overlaps), OverlapCounts()),
        stability=StabilityCounts.of(found),
        found=sum((DetectionCounts.of_iou(item.iou) for item in overlaps), DetectionCounts()),
        reentry=ReentryCounts.of(
            {
                index: {item.object_id: item.track_id for item in row.objects}
                for index, row in enumerate(rows)
                if row.annotated
            }
        ),
    )
    if kind is TruthKind.CONCEPTS:
        counts += _answers(overlaps, volumes, present=any(there))
    return counts, rows


def _fit(
    frames: Sequence[tuple[Masks, Masks]], partners: Mapping[int, int], kind: TruthKind
) -> tuple[RegionBoundaryCounts, dict[int, np.ndarray]]:
    """Return the sums of J and F, and float64 (T, 2) of each object, with its partner."""
    # Objects without words are shown in the first frame, so DAVIS leaves out both ends.
    drop_ends = kind is TruthKind.OBJECTS
    counts, series = RegionBoundaryCounts(), {}
    for number, track in partners.items():
        both = [_both(there.get(number), found.get(track)) for there, found in frames]
        right, guess = [item[0] for item in both], [item[1] for item in both]
        series[number] = region_boundary_series(right, guess)
        counts += RegionBoundaryCounts.of_object(right, guess, series[number], drop_ends)
    return counts, series


def _both(there: Rle | None, found: Rle | None) -> tuple[Rle, Rle]:
    """Put an empty mask of the same image where one is missing."""
    some = there or found or Rle.empty(1, 1)
    none = Rle.empty(some.height, some.width)
    return there or none, found or none


def _follow(
    concept: str, overlaps: Sequence[FrameOverlap], series: Mapping[int, np.ndarray]
) -> tuple[IdentityCounts, list[FrameRow]]:
    """Return CLEAR-MOT and the rows of the annotated frames."""
    matcher, counts, rows = IdentityMatcher(), IdentityCounts(), []
    for place, overlap in enumerate(overlaps):
        counts += matcher.step(overlap)
        pairs, used = matcher.pairs, set(matcher.pairs.values())
        objects = tuple(
            ObjectRow(
                concept, o, pairs.get(o, 0), o in matcher.switched, *map(float, series[o][place])
            )
            for o in overlap.objects
        )
        false = tuple((concept, number) for number in overlap.tracks if number not in used)
        rows.append(FrameRow(True, len(overlap.tracks), objects, false))
    return counts + matcher.lifetimes(), rows


def _answers(
    overlaps: Sequence[FrameOverlap], volumes: VolumeIou, present: bool
) -> SequenceCounts:
    """Count what depends on the words: there or not, and which objects they mean."""
    return SequenceCounts(
        image=sum((ConceptCounts.of_iou(item.iou.T) for item in overlaps), ConceptCounts()),
        # A sequence without an annotated frame was not asked anything.
        video=ConceptCounts.of_iou(volumes.iou.T) if overlaps else ConceptCounts(),
        presence=sum(
            (PresenceCounts.of(present, bool(o.objects), bool(o.tracks)) for o in overlaps),
            PresenceCounts(),
        ),
    )
