"""Everything that is measured on one concept of one sequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from efficientsam3_ros.datasets.sequence import TruthKind
from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts
from efficientsam3_ros.evaluation.metrics.frame_overlap import FrameOverlap
from efficientsam3_ros.evaluation.metrics.hota import HotaCounts
from efficientsam3_ros.evaluation.metrics.identity import IdentityCounts, IdentityMatcher
from efficientsam3_ros.evaluation.metrics.mean_iou import OverlapCounts
from efficientsam3_ros.evaluation.metrics.presence import PresenceCounts
from efficientsam3_ros.evaluation.metrics.reentry import ReentryCounts
from efficientsam3_ros.evaluation.metrics.region_boundary import RegionBoundaryCounts
from efficientsam3_ros.evaluation.metrics.volume_iou import VolumeIou
from efficientsam3_ros.evaluation.scoring.concept_masks import ConceptMasks
from efficientsam3_ros.evaluation.scoring.object_scores import ObjectCurve, object_curve
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts


@dataclass(frozen=True)
class ObjectRow:
    """One true object in view in one frame.

    Attributes:
        concept: The concept it answers.
        object_id: Its id in the truth.
        track_id: The track that lies on it in this frame (CLEAR-MOT, IoU .5); 0 for none,
            negative for a mask whose id appears twice in the frame.
        switched: Whether that is another track than the last one.
        j: IoU, 0..1, with the track that stands for the object over the whole sequence.
        f: Boundary accuracy, 0..1, with that track.
    """

    concept: str
    object_id: int
    track_id: int
    switched: bool
    j: float
    f: float


@dataclass(frozen=True)
class ConceptMeasurement:
    """What was measured on one concept.

    Attributes:
        counts: Its sums, without the numbers of frames and without stability.
        partners: Object id to the track that stands for it over the sequence, 0 for none.
        visible: Visible tracks in each frame.
        objects: Annotated frame to its objects in view.
        false: Annotated frame to (concept, track id) of tracks that lie on no object.
    """

    counts: SequenceCounts
    partners: Mapping[int, int]
    visible: Sequence[int]
    objects: Mapping[int, Sequence[ObjectRow]]
    false: Mapping[int, Sequence[tuple[str, int]]]


def measure_concept(
    masks: ConceptMasks, kind: TruthKind, present: bool, above: float | None = None
) -> ConceptMeasurement:
    """Measure one concept.

    Args:
        masks: Truth and prediction.
        kind: Decides what can be measured.
        present: Whether any object of the sequence answers the concept.
        above: HOTA leaves out tracks whose score is not above this.
    """
    frames = masks.annotated()
    overlaps = [FrameOverlap.of(there, found) for _, there, found in frames]
    volumes = VolumeIou.of(overlaps)
    partners = dict.fromkeys(volumes.objects, 0) | volumes.partners()
    curves = _curves(masks, partners, kind)
    tracking = _follow(masks.concept, overlaps)
    numbers = [index for index, _, _ in frames]
    kept = {n for n, score in masks.scores.items() if above is None or score > above}
    scores = [curve.score.counts() for curve in curves.values() if curve.score is not None]
    counts = SequenceCounts(
        hota=HotaCounts.of([overlap.only(kept) for overlap in overlaps]),
        identity=tracking.counts,
        masks=sum(scores, RegionBoundaryCounts()),
        overlap=sum((OverlapCounts.of_iou(item.iou) for item in overlaps), OverlapCounts()),
        reentry=ReentryCounts.of(dict(zip(numbers, tracking.pairs))),
    )
    if kind is TruthKind.CONCEPTS:
        counts += _answers(overlaps, volumes, present)
    return ConceptMeasurement(
        counts=counts,
        partners=partners,
        visible=[len(found or ()) for found in masks.found],
        objects=dict(zip(numbers, _object_rows(masks.concept, tracking, curves))),
        false=dict(zip(numbers, tracking.false)),
    )


def _curves(
    masks: ConceptMasks, partners: Mapping[int, int], kind: TruthKind
) -> dict[int, ObjectCurve]:
    """Return J and F of every object."""
    # Objects without words are shown in the first frame, so DAVIS leaves out both ends.
    drop_ends = kind is TruthKind.OBJECTS
    frames = [(there, found) for _, there, found in masks.annotated()]
    return {
        pair[0]: object_curve(masks.concept, pair, frames, drop_ends) for pair in partners.items()
    }


def _object_rows(
    concept: str, tracking: _Tracking, curves: Mapping[int, ObjectCurve]
) -> list[list[ObjectRow]]:
    return [
        [
            ObjectRow(concept, o, t, o in switched, *map(float, curves[o].series[place]))
            for o, t in pairs.items()
        ]
        for place, (pairs, switched) in enumerate(zip(tracking.pairs, tracking.switched))
    ]


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


@dataclass(frozen=True)
class _Tracking:
    """CLEAR-MOT of one concept; the lists have one entry an annotated frame."""

    counts: IdentityCounts
    pairs: list[dict[int, int]]
    switched: list[frozenset[int]]
    false: list[list[tuple[str, int]]]


def _follow(concept: str, overlaps: Sequence[FrameOverlap]) -> _Tracking:
    matcher, counts = IdentityMatcher(), IdentityCounts()
    pairs, switched, false = [], [], []
    for overlap in overlaps:
        counts += matcher.step(overlap)
        pairs.append({number: matcher.pairs.get(number, 0) for number in overlap.objects})
        switched.append(matcher.switched)
        used = set(matcher.pairs.values())
        false.append([(concept, number) for number in overlap.tracks if number not in used])
    return _Tracking(counts + matcher.lifetimes(), pairs, switched, false)
