"""Results by class over the pictures of a suite, with intervals over pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
import math

import numpy as np

from efficientsam3_ros.evaluation.class_result import (
    CLASS_SCORES,
    PRECISIONS,
    ClassMeans,
    ClassResult,
)
from efficientsam3_ros.evaluation.metrics.average_precision import (
    AveragePrecision,
    CocoScores,
    mean_precision,
)
from efficientsam3_ros.evaluation.results import RunResults
from efficientsam3_ros.evaluation.scoring.intervals import (
    DRAWS,
    choices,
    percentile_interval,
    resampled,
)
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts
from efficientsam3_ros.evaluation.sequence_result import SequenceResult
from efficientsam3_ros.evaluation.stills.coco_files import CocoForm, PictureRecord, words_of
from efficientsam3_ros.evaluation.stills.picture_counts import SUMS, PictureCounts

CLASS_DRAWS = DRAWS
"""Of pictures for the intervals of a class."""
PRECISION_DRAWS = 200
"""Of pictures for the intervals of average precision, which is slow to compute again."""


@dataclass(frozen=True)
class _Sampled:
    """One class: its figures, and those of every draw of pictures.

    Attributes:
        metrics: Over all pictures.
        draws: Figure to float64 (draws,), see ``CLASS_SCORES``.
    """

    metrics: Metrics
    draws: Mapping[str, np.ndarray]


def with_classes(results: RunResults, records: Sequence[PictureRecord]) -> RunResults:
    """Return a run over single pictures with its results by class.

    Pictures are drawn for the intervals; those in which a class was not asked count for nothing
    in it, as in the class's own figures.

    Args:
        results: Of pictures alone.
        records: One for each, in the order of the results.
    """
    named, anything = words_of(records)
    words = [*named, *anything]
    parts = list(results.sequences.values())
    precision, drawn = _precisions(records, words)
    sampled = {
        word: _sampled(class_counts(word, parts), precision[place], drawn[:, place])
        for place, word in enumerate(words)
    }
    means = _means([sampled[word] for word in named])
    own = _drawn([item.counts for item in parts])
    return replace(
        results,
        total=_with_precision(results.total, mean_precision(precision[: len(named)])),
        intervals_95=_intervals(own) | {n: means.intervals_95[n] for n in PRECISIONS},
        classes={
            word: _class_result(word, parts, item, word in anything)
            for word, item in sampled.items()
        },
        class_means=means,
    )


def class_counts(word: str, parts: Sequence[SequenceResult]) -> list[SequenceCounts]:
    """Return a class's sums, one entry a picture; empty where it was not asked."""
    return [item.concept_counts.get(word, SequenceCounts()) for item in parts]


def _precisions(
    records: Sequence[PictureRecord], words: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return AP, AP50 and AP75 of each class: float64 (K, 3), and of each draw (draws, K, 3)."""
    form = CocoForm(records, words)
    coco = CocoScores(form.truth(), form.answers())
    chosen = choices(len(records), PRECISION_DRAWS) if len(records) > 1 else ()
    drawn = [coco.by_class(choice) for choice in chosen]
    return coco.by_class(), np.array(drawn, float).reshape(-1, len(words), 3)


def _sampled(
    counts: Sequence[SequenceCounts], precision: np.ndarray, drawn: np.ndarray
) -> _Sampled:
    whole = Metrics.of(sum(counts, SequenceCounts()))
    values = _drawn(counts)
    values |= {name: drawn[:, place] for place, name in enumerate(PRECISIONS)}
    return _Sampled(_with_precision(whole, AveragePrecision(*map(float, precision))), values)


def _drawn(counts: Sequence[SequenceCounts]) -> dict[str, np.ndarray]:
    """Return the figures of sums, float64 (draws,), of pictures drawn again and again."""
    small = [PictureCounts.of(item) for item in counts]
    again = resampled(small, CLASS_DRAWS) if len(small) > 1 else []
    table = np.array([item.scores() for item in again], float).reshape(-1, len(SUMS))
    return dict(zip(SUMS, table.T))


def _class_result(
    word: str, parts: Sequence[SequenceResult], sampled: _Sampled, any_object: bool
) -> ClassResult:
    found = [item.concept_counts[word].found for item in parts if word in item.concept_counts]
    return ClassResult(
        asked=len(found),
        present=sum(item.truths > 0 for item in found),
        objects=sum(item.truths for item in found),
        answers=sum(item.answers for item in found),
        metrics=sampled.metrics,
        intervals_95=_intervals(sampled.draws),
        any_object=any_object,
    )


def _means(sampled: Sequence[_Sampled]) -> ClassMeans:
    """Return means over classes; in a draw, over those that are defined in it."""
    values = {
        name: np.array([item.metrics.value(name) for item in sampled]) for name in CLASS_SCORES
    }
    return ClassMeans(
        scores={name: float(_mean_of_known(value)) for name, value in values.items()},
        classes={name: int((~np.isnan(value)).sum()) for name, value in values.items()},
        intervals_95=_intervals(
            {
                name: _mean_of_known(np.array([item.draws[name] for item in sampled]))
                for name in CLASS_SCORES
            }
        ),
    )


def _mean_of_known(values: np.ndarray) -> np.ndarray:
    """Return the mean over the first axis of what is defined; NaN where nothing is."""
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    total = np.where(known, values, 0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), math.nan)


def _intervals(draws: Mapping[str, np.ndarray]) -> dict[str, tuple[float, float]]:
    return {name: percentile_interval(np.atleast_1d(values)) for name, values in draws.items()}


def _with_precision(metrics: Metrics, precision: AveragePrecision) -> Metrics:
    return replace(metrics, ap=precision.ap, ap_50=precision.ap_50, ap_75=precision.ap_75)
