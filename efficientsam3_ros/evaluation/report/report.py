"""The report of one evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import math

from efficientsam3_ros.evaluation.report.calibration import (
    calibration_charts,
    seen_objects,
    sum_scores,
)
from efficientsam3_ros.evaluation.report.charts import Chart
from efficientsam3_ros.evaluation.report.curves import time_charts
from efficientsam3_ros.evaluation.report.latency import frames_sentence, latency_charts
from efficientsam3_ros.evaluation.report.page import data_uri, render
from efficientsam3_ros.evaluation.report.suite_of_pictures import suite_page
from efficientsam3_ros.evaluation.report.summary import (
    LABEL_FREE,
    command,
    interval_chart,
    tiles,
    with_truth,
)
from efficientsam3_ros.evaluation.results import RunResults

MOST_SECTIONS = 60
"""More parts than that are cut, so that a page can still be opened on a phone."""


def report_page(results: RunResults, pictures: Mapping[str, Sequence[bytes]]) -> str:
    """Return one HTML page that needs nothing else.

    Args:
        results: What was measured.
        pictures: Sequence name to PNG or JPEG files of its worst frames, in their order.
    """
    if results.classes:
        return suite_page(results, pictures)
    shown = _shown(results)
    return render(
        'report.html.jinja',
        title=f'Evaluation of {results.config.bundle}',
        results=results,
        known=with_truth(results),
        # Null and NaN leave a setting to the bundle.
        settings={k: v for k, v in results.config.tracker.items() if v is not None and v == v},
        command=command(results.config),
        tiles=list(tiles(results)),
        intervals=interval_chart(results),
        calibration=_overall(results),
        label_free=LABEL_FREE,
        frames_sentence=frames_sentence,
        shown=shown,
        anchors={name: f's{i}' for i, name in enumerate(results.sequences)},
        charts={name: _charts(results, name) for name in shown},
        pictures={name: [data_uri(png) for png in pictures.get(name, ())] for name in shown},
    )


def _shown(results: RunResults) -> list[str]:
    """Return the sequences that get a part of their own; where there are many, the worst."""

    def rank(name: str) -> float:
        metrics = results.sequences[name].metrics
        values = [metrics.value(name) for name in ('jf', 'cgf1', 'temporal_iou')]
        return next((value for value in values if not math.isnan(value)), 2.0)

    chosen = set(sorted(results.sequences, key=rank)[:MOST_SECTIONS])
    return [name for name in results.sequences if name in chosen]


def _charts(results: RunResults, name: str) -> list[Chart]:
    item, timing = results.sequences[name], results.timing.sequences.get(name)
    objects, threshold = seen_objects(item.per_frame), results.config.threshold
    times = latency_charts(timing) if timing else []
    return [*time_charts(item), *calibration_charts(item.scores, objects, threshold), *times]


def _overall(results: RunResults) -> list[Chart]:
    """Return the calibration of all sequences together where there is more than one."""
    items = list(results.sequences.values())
    scores = sum_scores([item.scores for item in items])
    if len(items) < 2 or not scores.true:
        return []
    objects = sum(seen_objects(item.per_frame) for item in items)
    return calibration_charts(scores, objects, results.config.threshold)
