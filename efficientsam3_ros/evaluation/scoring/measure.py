"""Compare a sequence's predictions with its truth, once, for all metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from efficientsam3_ros.core import FrameResult
from efficientsam3_ros.datasets.sequence import TruthKind
from efficientsam3_ros.evaluation.metrics.mean_iou import OverlapCounts
from efficientsam3_ros.evaluation.metrics.stability import StabilityCounts
from efficientsam3_ros.evaluation.scoring.concept_masks import ConceptMasks
from efficientsam3_ros.evaluation.scoring.concept_measurement import (
    ConceptMeasurement,
    ObjectRow,
    measure_concept,
)
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts

__all__ = ['FrameRow', 'Measurement', 'ObjectRow', 'measure']


@dataclass(frozen=True)
class FrameRow:
    """One frame.

    Attributes:
        annotated: Whether there is truth; without it ``objects`` and ``false`` are empty.
        visible: Visible tracks of the concepts that were asked for.
        objects: True objects in view.
        false: (concept, track id) of tracks that lie on no object.
    """

    annotated: bool
    visible: int
    objects: tuple[ObjectRow, ...] = ()
    false: tuple[tuple[str, int], ...] = ()

    @property
    def jf(self) -> float:
        """Mean J&F of the objects in view, 0..1; NaN if none is."""
        scores = [(item.j + item.f) / 2 for item in self.objects]
        return sum(scores) / len(scores) if scores else float('nan')


@dataclass(frozen=True)
class Measurement:
    """What was measured on one sequence.

    Attributes:
        counts: Sums of the whole sequence.
        by_concept: Concept to its sums. Each holds all frames, so these do not add up to
            ``counts`` in the numbers of frames.
        partners: (concept, object id) to the track that stands for it over the sequence (largest
            space-time IoU, one for one), 0 for none.
        rows: One entry a frame.
    """

    counts: SequenceCounts
    by_concept: Mapping[str, SequenceCounts]
    partners: Mapping[tuple[str, int], int]
    rows: tuple[FrameRow, ...]


def measure(
    truth: Sequence[FrameResult | None],
    predictions: Sequence[FrameResult | None],
    concepts: Sequence[str],
    kind: TruthKind = TruthKind.CONCEPTS,
    min_score: float | None = None,
) -> Measurement:
    """Measure one sequence.

    Args:
        truth: One entry a frame; None where it is not annotated. Ids stay with their objects.
        predictions: One entry a frame; None where the tracker gave no answer, which is scored as
            an empty one and counted.
        concepts: What was asked for and what the truth knows about: a concept without a mask is
            taken to be absent. With OBJECTS, () compares all objects with all tracks, whatever
            they are called.
        kind: With OBJECTS there is no cgF1 and no presence, and J&F leaves out the first and last
            annotated frame as DAVIS does. With NONE there are only metrics without labels.
        min_score: Leave out tracks with a lower mean score; HOTA also those on it, as SAM 3's
            evaluators do. None keeps every visible mask: the tracker has its own threshold.

    Raises:
        ValueError: If the two do not belong together: their lengths, stamps or sizes differ.
    """
    _check(truth, predictions)
    if kind is TruthKind.NONE:
        truth = [None] * len(truth)
    if kind is TruthKind.OBJECTS and not concepts:
        concepts = ('',)
    parts: dict[str, ConceptMeasurement] = {}
    for concept in dict.fromkeys(concepts):
        masks = ConceptMasks.of(concept, truth, predictions, min_score)
        part = measure_concept(masks, kind, any(masks.truth), min_score)
        stability = StabilityCounts.of(masks.found)
        parts[concept] = replace(part, counts=replace(part.counts, stability=stability))
    frames = _frame_counts(truth, predictions)
    counts = {concept: part.counts for concept, part in parts.items()}
    return Measurement(
        counts=sum(counts.values(), frames),
        by_concept={concept: item + frames for concept, item in counts.items()},
        partners={(c, o): t for c, part in parts.items() for o, t in part.partners.items()},
        rows=tuple(
            _row(item is not None, index, list(parts.values())) for index, item in enumerate(truth)
        ),
    )


def _check(truth: Sequence[FrameResult | None], predictions: Sequence[FrameResult | None]) -> None:
    if len(truth) != len(predictions):
        raise ValueError(f'{len(truth)} true frames but {len(predictions)} results.')
    for index, (there, found) in enumerate(zip(truth, predictions)):
        if there is None or found is None:
            continue
        if there.stamp_ns != found.stamp_ns:
            raise ValueError(
                f'Frame {index} has stamp {there.stamp_ns} in the truth and {found.stamp_ns} in '
                'the result; pair them by stamp first.'
            )
        if (there.height, there.width) != (found.height, found.width):
            raise ValueError(
                f'Frame {index} is {there.width}x{there.height} in the truth and '
                f'{found.width}x{found.height} in the result; score at the resolution of the '
                'truth.'
            )


def _frame_counts(
    truth: Sequence[FrameResult | None], predictions: Sequence[FrameResult | None]
) -> SequenceCounts:
    unanswered = sum(t is not None and p is None for t, p in zip(truth, predictions))
    return SequenceCounts(
        frames=len(truth),
        annotated=sum(item is not None for item in truth),
        overlap=OverlapCounts(skipped=unanswered),
    )


def _row(annotated: bool, index: int, parts: Sequence[ConceptMeasurement]) -> FrameRow:
    return FrameRow(
        annotated,
        sum(part.visible[index] for part in parts),
        tuple(row for part in parts for row in part.objects.get(index, ())),
        tuple(item for part in parts for item in part.false.get(index, ())),
    )
