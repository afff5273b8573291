"""From predictions to everything that is said of a sequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from efficientsam3_ros.core import FrameResult, Prompt
from efficientsam3_ros.datasets.sequence import PartlyLabeled, SequenceError, TruthKind
from efficientsam3_ros.datasets.sequence import Sequence as FrameSequence
from efficientsam3_ros.evaluation.run.prediction import Prediction
from efficientsam3_ros.evaluation.run.prompting import LatePrompt
from efficientsam3_ros.evaluation.run.track_timelines import (
    calibration,
    track_summaries,
    track_timelines,
)
from efficientsam3_ros.evaluation.run.worst_frames import restless_frames, worst_frames
from efficientsam3_ros.evaluation.scoring.frame_row import FrameRow
from efficientsam3_ros.evaluation.scoring.measure import Measurement, measure
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.scoring.unlabeled import left_out, without_unlabeled
from efficientsam3_ros.evaluation.sequence_result import (
    PerFrame,
    ScoreHistogram,
    SequenceResult,
)

_DIGITS = 6
Truth = Sequence[FrameResult | None]


@dataclass(frozen=True)
class _Scope:
    """What of the answers can be judged.

    Attributes:
        kind: How much the truth says of them.
        concepts: What is judged; () pools everything.
        notes: What is left out.
        since: Concept to the index of the frame from which it is judged, if not from the first.
    """

    kind: TruthKind
    concepts: tuple[str, ...]
    notes: tuple[str, ...] = ()
    since: Mapping[str, int] = field(default_factory=dict)


def score_sequence(
    sequence: FrameSequence,
    prediction: Prediction,
    prompts: Sequence[Prompt],
    tracked: bool = True,
) -> SequenceResult:
    """Compare a sequence's predictions with its truth.

    In real time, a frame that was dropped is answered by the result before it, which is what a
    robot has at that moment; metrics without labels look at real results only.

    Args:
        sequence: Where the truth is.
        prediction: What the tracker said.
        prompts: What it was asked for.
        tracked: Whether ids mean anything; if not, nothing is said of tracks.

    Raises:
        SequenceError: If truth and predictions have not the same number of frames.
    """
    truth = list(sequence.truth())
    if len(truth) != len(prediction.stamps_ns):
        raise SequenceError(
            f'{sequence.name} gives {len(truth)} frames of truth, but {len(prediction.stamps_ns)} '
            'were predicted; it was changed in between? Run again with --no-cache.'
        )
    scope = _from_late_frames(_scope(sequence, prompts), truth, prediction, prompts)
    if isinstance(sequence, PartlyLabeled):
        prediction, scope = _about_labeled(sequence, prediction, scope)
    measured = _measured(truth, prediction, scope, tracked)
    rows, stamps, results = measured.rows, prediction.stamps_ns, prediction.results
    labeled = scope.kind is not TruthKind.NONE
    asked = tuple(prompt.concept for prompt in prompts)
    worst = (
        restless_frames(stamps, results) if tracked and not labeled else worst_frames(stamps, rows)
    )
    return SequenceResult(
        source=sequence.source,
        digest=sequence.digest,
        frames=len(stamps),
        truth=scope.kind.value,
        concepts=asked,
        absent=_absent(scope, truth),
        # Kept predictions bring the notes of the frames, which are not read again: so the order
        # in which notes came up is no part of the results.
        notes=tuple(sorted({*sequence.notes, *prediction.notes, *scope.notes})),
        metrics=Metrics.of(measured.counts),
        concept_metrics={c: Metrics.of(n) for c, n in measured.by_concept.items() if c},
        counts=measured.counts,
        per_frame=_per_frame(prediction, rows),
        tracks=track_summaries(results) if tracked else (),
        track_timelines=track_timelines(results, rows) if tracked else (),
        scores=calibration(results, rows, scope.concepts or asked)
        if labeled
        else ScoreHistogram(),
        worst_frames=worst,
    )


def _scope(sequence: FrameSequence, prompts: Sequence[Prompt]) -> _Scope:
    asked = tuple(prompt.concept for prompt in prompts)
    if sequence.truth_kind is TruthKind.OBJECTS:
        # Objects that are shown by boxes have each its own name in the truth.
        shown = any(prompt.has_exemplars for prompt in prompts)
        return _Scope(TruthKind.OBJECTS, asked if shown else ())
    if sequence.truth_kind is TruthKind.NONE:
        return _Scope(TruthKind.NONE, asked)
    known = tuple(concept for concept in asked if concept in sequence.concepts)
    unknown = [concept for concept in asked if concept not in sequence.concepts]
    notes = tuple(f'The truth says nothing of "{c}"; it is not scored.' for c in unknown)
    if known:
        return _Scope(TruthKind.CONCEPTS, known, notes)
    there = ', '.join(sequence.concepts) or 'nothing'
    return _Scope(TruthKind.NONE, asked, (*notes, f'The truth answers {there} only.'))


def _from_late_frames(
    scope: _Scope, truth: Truth, prediction: Prediction, prompts: Sequence[Prompt]
) -> _Scope:
    """Judge what was shown late from its own first frame on."""
    place = {stamp_ns: index for index, stamp_ns in enumerate(prediction.stamps_ns)}
    since = {p.concept: place[p.since_ns] for p in prompts if isinstance(p, LatePrompt)}
    if not since:
        return scope
    notes = [f'{", ".join(since)}: shown and judged from a later frame on, the first with it.']
    # J and F leave out the first and the last annotated frame.
    left = {c: sum(there is not None for there in truth[i:]) for c, i in since.items()}
    if short := [concept for concept, count in left.items() if count < 3]:
        notes.append(f'{", ".join(short)}: in view too late for J and F.')
    return replace(scope, since=since, notes=(*scope.notes, *notes))


def _about_labeled(
    sequence: PartlyLabeled, prediction: Prediction, scope: _Scope
) -> tuple[Prediction, _Scope]:
    """Leave out the answers of which the truth says nothing."""
    judged = without_unlabeled(prediction.results, tuple(sequence.unlabeled()))
    count = left_out(prediction.results, judged)
    if not count:
        return prediction, scope
    note = f'{count} masks lie mostly where nothing is labeled; they are not scored.'
    return replace(prediction, results=judged), replace(scope, notes=(*scope.notes, note))


def _measured(truth: Truth, prediction: Prediction, scope: _Scope, tracked: bool) -> Measurement:
    labeled = scope.kind is not TruthKind.NONE
    held = prediction.held() if labeled else prediction.results
    measured = measure(truth, held, scope.concepts, scope.kind, scope.since)
    if not tracked:
        own = {concept: counts.drop_ids() for concept, counts in measured.by_concept.items()}
        rows = tuple(replace(row, tracked=False) for row in measured.rows)
        return Measurement(measured.counts.drop_ids(), own, rows)
    if not labeled or all(result is not None for result in prediction.results):
        return measured
    # A result that is held for want of a newer one would look like a steady mask.
    real = measure(truth, prediction.results, scope.concepts, scope.kind, scope.since)
    return replace(
        measured,
        counts=replace(measured.counts, stability=real.counts.stability),
        by_concept={
            concept: replace(counts, stability=real.by_concept[concept].stability)
            for concept, counts in measured.by_concept.items()
        },
    )


def _absent(scope: _Scope, truth: Truth) -> tuple[str, ...]:
    if scope.kind is not TruthKind.CONCEPTS:
        return ()
    seen = {item.concept for frame in truth if frame for item in frame.instances}
    return tuple(concept for concept in scope.concepts if concept not in seen)


def _per_frame(prediction: Prediction, rows: Sequence[FrameRow]) -> PerFrame:
    return PerFrame(
        stamp_ns=prediction.stamps_ns,
        jf=tuple(round(row.jf, _DIGITS) for row in rows),
        visible=tuple(row.visible for row in rows),
        truth_visible=tuple(len(row.objects) if row.annotated else None for row in rows),
        switches=tuple(len(row.switched) for row in rows),
        processed=tuple(result is not None for result in prediction.results),
    )
