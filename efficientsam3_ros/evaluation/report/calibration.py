"""What a score is worth: histograms, precision by score, precision over recall."""

from __future__ import annotations

from collections.abc import Sequence

from efficientsam3_ros.evaluation.report.axes import Axis, Plot, figure, legend
from efficientsam3_ros.evaluation.report.bars import Part, histogram
from efficientsam3_ros.evaluation.report.lines import Line, draw_line
from efficientsam3_ros.evaluation.report.markup import Html, join, tag
from efficientsam3_ros.evaluation.results import PerFrame, ScoreHistogram


def calibration_charts(scores: ScoreHistogram, objects: int, threshold: float) -> Html:
    """Return the charts; nothing without truth or without any instance.

    Args:
        scores: True and false instances by score.
        objects: True objects that could have been found, see ``seen_objects``.
        threshold: Detection threshold in force, 0..1.
    """
    if not sum(scores.true) + sum(scores.false):
        return Html('')
    curve = _curve(scores, objects) if sum(scores.true) <= objects else None
    return join([_histogram(scores), _precision(scores, threshold), curve])


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


def _histogram(scores: ScoreHistogram) -> Html:
    bins = len(scores.true)
    edges = [i / bins for i in range(bins + 1)]
    parts = [Part('true', 'c0', scores.true), Part('false', 'c3', scores.false)]
    chart = histogram('scores', edges, parts, 'score', 'instances')
    names = legend([('c0', 'on a true object'), ('c3', 'on none')])
    return figure('Scores of true and false instances', chart, None, names)


def _precision(scores: ScoreHistogram, threshold: float) -> Html:
    bins = len(scores.true)
    totals = [t + f for t, f in zip(scores.true, scores.false)]
    centers = [(i + 0.5) / bins for i in range(bins)]
    known = [100 * t / n if n else None for t, n in zip(scores.true, totals)]
    plot = Plot(Axis.over(0, 1, 'score', 5), Axis.over(0, 100, 'precision (%)', 4))
    x, low, high = plot.px(threshold), plot.top, plot.bottom
    mark = tag('line', tag('title', f'detection threshold {threshold:.2f}'), x1=x, x2=x, y1=low,
               y2=high, class_='mark')  # fmt: skip
    corners = f'M{plot.px(0):.1f} {plot.py(0):.1f}L{plot.px(1):.1f} {plot.py(100):.1f}'
    diagonal = tag('path', class_='line dash none', d=corners)
    line = draw_line(plot, Line('precision', 'c2', centers, known, unit=' %'))
    dots = [
        tag('circle', tag('title', f'score {center:.3f}: {value:.0f} % of {n} are true'),
            cx=plot.px(center), cy=plot.py(value), r=3, class_='dot c2')
        for center, value, n in zip(centers, known, totals) if value is not None
    ]  # fmt: skip
    names = legend([('c2', 'share that is true'), ('none', 'a score that were a probability')])
    chart = plot.draw('precision by score', diagonal, mark, line, dots)
    caption = f'The dashed vertical line is the detection threshold, {threshold:.2f}.'
    return figure('Precision by score', chart, caption, names)


def _curve(scores: ScoreHistogram, objects: int) -> Html:
    """Return precision over recall as the threshold rises from bin to bin."""
    points: list[tuple[float, float, float]] = []
    bins = len(scores.true)
    for i in range(bins - 1, -1, -1):
        true, false = sum(scores.true[i:]), sum(scores.false[i:])
        if true + false:
            points.append((100 * true / objects, 100 * true / (true + false), i / bins))
    plot = Plot(Axis.over(0, 100, 'recall (%)', 5), Axis.over(0, 100, 'precision (%)', 4))
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    dots = [
        tag('circle', tag('title', f'score ≥ {low:.2f}: precision {y:.1f} %, recall {x:.1f} %'),
            cx=plot.px(x), cy=plot.py(y), r=3, class_='dot c0')
        for x, y, low in points
    ]  # fmt: skip
    chart = plot.draw('precision over recall', draw_line(plot, Line('precision', 'c0', xs, ys)),
                      dots)  # fmt: skip
    caption = (
        'Each dot is a threshold on the score of the reported instances. The curve ends at the '
        'threshold of the run: what the tracker did not report cannot be counted.'
    )
    return figure('Precision over recall', chart, caption)
