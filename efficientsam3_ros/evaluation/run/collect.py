"""Outcomes of all sequences to the results of a run."""

from __future__ import annotations

from collections.abc import Iterable

from efficientsam3_ros.evaluation.results import RunResults, RunSettings, Timing
from efficientsam3_ros.evaluation.run.job import Outcome
from efficientsam3_ros.evaluation.scoring.intervals import intervals
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts
from efficientsam3_ros.evaluation.stills.classes import with_classes


def collect(
    settings: RunSettings, outcomes: Iterable[Outcome], seconds: float, workers: int, threads: int
) -> RunResults:
    """Join outcomes, in the order of their names.

    Sequences without truth do not enter the totals if any has one: they would change nothing but
    the metrics without labels, and nobody could tell of what these are.

    Args:
        settings: What was run.
        outcomes: One for each sequence.
        seconds: Wall time of the run.
        workers: Processes.
        threads: CPU threads of each engine.
    """
    ordered = sorted(outcomes, key=lambda item: item.name)
    done = {item.name: item.result for item in ordered if item.result is not None}
    labeled = [item for item in done.values() if item.truth != 'none']
    counted = [item.counts for item in labeled or done.values()]
    records = [item.record for item in ordered if item.record is not None]
    times = {item.name: item.timing for item in ordered if item.timing is not None}
    results = RunResults(
        config=settings,
        total=Metrics.of(sum(counted, SequenceCounts())),
        # Those of pictures come with their classes.
        intervals_95=intervals(counted) if counted and not records else {},
        sequences=done,
        failed={item.name: item.error for item in ordered if item.error},
        timing=Timing(seconds, workers, threads, times),
    )
    return with_classes(results, records) if records else results
