"""Score calibration: histograms, precision by score, precision over recall."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from efficientsam3_ros.evaluation.report import charts
from efficientsam3_ros.evaluation.report.charts import Chart, Layer
from efficientsam3_ros.evaluation.sequence_result import PerFrame, ScoreHistogram

_PERCENT = -3, 103


def calibration_charts(scores: ScoreHistogram, objects: int, threshold: float) -> list[Chart]:
    """Return the charts; none without truth or without any instance.

    Args:
        scores: True and false instances by score.
        objects: True objects that could have been found, see ``seen_objects``.
        threshold: Detection threshold in force, 0..1.
    """
    if not sum(scores.true) + sum(scores.false):
        return []
    curve = [_curve(scores, objects)] if sum(scores.true) <= objects else []
    return [_histogram(scores), _precision(scores, threshold), *curve]


def seen_objects(curves: PerFrame) -> int:
    """Return the true objects in the frames that the tracker saw, summed over frames."""
    return sum(n for n, seen in zip(curves.truth_visible, curves.processed) if n and seen)


def sum_scores(parts: Sequence[ScoreHistogram]) -> ScoreHistogram:
    """Return one histogram of all sequences that have one."""
    known = [part for part in parts if part.true]
    return ScoreHistogram(
        tuple(map(sum, zip(*(part.true for part in known)))),
        tuple(map(sum, zip(*(part.false for part in known)))),
    )


def _histogram(scores: ScoreHistogram) -> Chart:
    edges = np.linspace(0, 1, len(scores.true) + 1)
    sums = np.add(scores.true, scores.false)
    bins = {'left': edges[:-1], 'right': edges[1:], 'true': scores.true, 'false': scores.false}
    tips = {'score': '@left{0.00} to @right{0.00}', 'true': '@true', 'false': '@false'}
    blue, red = (
        {'fill_color': color, 'line_color': 'white'} for color in (charts.BLUE, charts.RED)
    )
    layers = [
        Layer(
            'quad', {**bins, 'top': scores.true}, {'bottom': 0, **blue}, 'on a true object', tips
        ),
        Layer('quad', {**bins, 'bottom': scores.true, 'top': sums}, red, 'on no object', tips),
    ]
    return Chart('Scores of true and false instances', layers, 'score', 'instances', x=(0, 1),
                 y=(0, 1.05 * float(sums.max())))  # fmt: skip


def _precision(scores: ScoreHistogram, threshold: float) -> Chart:
    totals = np.add(scores.true, scores.false)
    share = 100 * np.divide(scores.true, totals, np.full(len(totals), np.nan), where=totals > 0)
    curve = {'x': (np.arange(len(totals)) + 0.5) / len(totals), 'y': share, 'n': totals}
    tips = {'score': '@x{0.000}', 'precision': '@y{0} % of @n'}
    diagonal = {'color': charts.GREY, 'line_dash': 'dashed'}
    layers = [
        Layer('line', {'x': [0, 1], 'y': [0, 100]}, diagonal, 'perfect calibration'),
        Layer('vspan', {'x': [threshold]}, {'line_color': charts.INK, 'line_dash': 'dotted'},
              f'threshold {threshold:.2f}'),
        Layer('line', curve, {'color': charts.GREEN, 'line_width': 1.8}, 'precision'),
        Layer('scatter', curve, {'color': charts.GREEN, 'size': 7}, 'precision', tips),
    ]  # fmt: skip
    return Chart('Precision by score', layers, 'score', 'precision (%)', x=(0, 1), y=_PERCENT)


def _curve(scores: ScoreHistogram, objects: int) -> Chart:
    """Return precision over recall as the threshold rises from bin to bin."""
    found = np.cumsum(scores.true[::-1])[::-1]
    totals = found + np.cumsum(scores.false[::-1])[::-1]
    kept = totals > 0
    data = {'x': 100 * found[kept] / objects, 'y': 100 * found[kept] / totals[kept],
            'score': np.flatnonzero(kept) / len(found)}  # fmt: skip
    tips = {'score at least': '@score{0.00}', 'precision': '@y{0.0} %', 'recall': '@x{0.0} %'}
    layers = [
        Layer('line', data, {'color': charts.BLUE, 'line_width': 1.8}),
        Layer('scatter', data, {'color': charts.BLUE, 'size': 7}, tips=tips),
    ]
    caption = (
        'Each dot is a threshold on the score of the reported instances. The curve ends at the '
        'threshold of the run: what the tracker did not report cannot be counted.'
    )
    return Chart('Precision over recall', layers, 'recall (%)', 'precision (%)', x=_PERCENT,
                 y=_PERCENT, caption=caption)  # fmt: skip
