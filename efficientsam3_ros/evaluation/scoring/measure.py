"""Compare a sequence's predictions with its truth, once, for all metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from efficientsam3_ros.core import FrameResult
from efficientsam3_ros.datasets.sequence import TruthKind
from efficientsam3_ros.evaluation.metrics.mean_iou import OverlapCounts
from efficientsam3_ros.evaluation.scoring.concept_measurement import measure_concept
from efficientsam3_ros.evaluation.scoring.frame_row import FrameRow
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts


@dataclass(frozen=True)
class Measurement:
    """What was measured on one sequence.

    Attributes:
        counts: Sums of the whole sequence.
        by_concept: Concept to its sums. Each holds all frames, so these do not add up to
            ``counts`` in the numbers of frames.
        rows: One entry a frame.
    """

    counts: SequenceCounts
    by_concept: Mapping[str, SequenceCounts]
    rows: tuple[FrameRow, ...]


def measure(
    truth: Sequence[FrameResult | None],
    predictions: Sequence[FrameResult | None],
    concepts: Sequence[str],
    kind: TruthKind = TruthKind.CONCEPTS,
    since: Mapping[str, int] | None = None,
) -> Measurement:
    """Measure one sequence.

    Args:
        truth: One entry a frame; None where it is not annotated. Ids stay with their objects.
        predictions: One entry a frame; None where the tracker gave no answer, which is scored as
            an empty one and counted. Every visible mask counts: the tracker has its own threshold.
        concepts: What was asked for and what the truth knows about: a concept without a mask is
            taken to be absent. With OBJECTS, () compares all objects with all tracks, whatever
            they are called.
        kind: With OBJECTS there is no cgF1 and no presence, and J&F leaves out the first and last
            annotated frame as DAVIS does. With NONE there are only metrics without labels.
        since: Concept to the index of the frame from which it is judged; from the first one where
            it is not named.

    Raises:
        ValueError: If the two do not belong together: their lengths, stamps or sizes differ.
    """
    _check(truth, predictions)
    if kind is TruthKind.NONE:
        truth = [None] * len(truth)
    if kind is TruthKind.OBJECTS and not concepts:
        concepts = ('',)
    begins = {concept: (since or {}).get(concept, 0) for concept in concepts}
    parts = {
        concept: measure_concept(concept, [*[None] * begin, *truth[begin:]], predictions, kind)
        for concept, begin in begins.items()
    }
    frames = SequenceCounts(
        frames=len(truth),
        annotated=sum(item is not None for item in truth),
        overlap=OverlapCounts(
            skipped=sum(t is not None and p is None for t, p in zip(truth, predictions))
        ),
    )
    return Measurement(
        counts=sum((counts for counts, _ in parts.values()), frames),
        by_concept={concept: counts + frames for concept, (counts, _) in parts.items()},
        rows=tuple(
            _joined(item is not None, [rows[index] for _, rows in parts.values()])
            for index, item in enumerate(truth)
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


def _joined(annotated: bool, rows: Sequence[FrameRow]) -> FrameRow:
    """Return the rows of all concepts in one frame as one."""
    return FrameRow(
        annotated,
        sum(row.visible for row in rows),
        tuple(item for row in rows for item in row.objects),
        tuple(item for row in rows for item in row.false),
    )
