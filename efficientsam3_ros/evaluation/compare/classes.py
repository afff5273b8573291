"""Two runs over the same pictures, class by class."""

from __future__ import annotations

from collections.abc import Sequence
import math

import numpy as np

from efficientsam3_ros.evaluation.class_result import PRECISIONS
from efficientsam3_ros.evaluation.compare.difference import (
    Difference,
    Differences,
    PairedDifference,
    known,
)
from efficientsam3_ros.evaluation.results import RunResults
from efficientsam3_ros.evaluation.scoring.intervals import percentile_interval, resampled
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts
from efficientsam3_ros.evaluation.stills.classes import class_counts
from efficientsam3_ros.evaluation.stills.picture_counts import SUMS, PictureCounts


def class_differences(
    first: RunResults, second: RunResults, common: Sequence[str], draws: int
) -> dict[str, Differences]:
    """Return differences of the classes of a suite of pictures, each from its sums."""
    found: dict[str, Differences] = {}
    for word in dict.fromkeys([*first.classes, *second.classes]):
        a, b = (
            class_counts(word, [run.sequences[name] for name in common]) for run in (first, second)
        )
        found[word] = _class_differences(a, b, draws)
        both = word in first.classes and word in second.classes
        if both and complete(first, second, common):
            own = (run.classes[word].metrics for run in (first, second))
            found[word] = {**found[word], **precisions(*own)}
    return found


def _class_differences(
    first: Sequence[SequenceCounts], second: Sequence[SequenceCounts], draws: int
) -> dict[str, Difference]:
    """Return what ``paired_differences`` does, for the figures of a class of pictures."""
    counts = [[PictureCounts.of(item) for item in part] for part in (first, second)]
    a, b = (np.array(sum(part, PictureCounts()).scores()) for part in counts)
    changes = np.zeros((0, len(SUMS)))
    if len(first) > 1:
        drawn = [[item.scores() for item in resampled(part, draws)] for part in counts]
        changes = np.array(drawn[1]) - np.array(drawn[0])
    return known(
        {
            name: Difference(
                float(a[place]),
                float(b[place]),
                PairedDifference(
                    float(b[place] - a[place]), *percentile_interval(changes[:, place])
                ),
            )
            for place, name in enumerate(SUMS)
        }
    )


def complete(first: RunResults, second: RunResults, common: Sequence[str]) -> bool:
    """Tell whether both runs are compared as a whole: average precision is no sum of parts."""
    return len(common) == len(first.sequences) == len(second.sequences)


def precisions(first: Metrics, second: Metrics) -> dict[str, Difference]:
    """Return the differences of average precision, without intervals."""
    rows = {name: (first.value(name), second.value(name)) for name in PRECISIONS}
    nothing = math.nan, math.nan
    return known(
        {n: Difference(a, b, PairedDifference(b - a, *nothing)) for n, (a, b) in rows.items()}
    )
