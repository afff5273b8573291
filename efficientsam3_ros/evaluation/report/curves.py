"""Charts over the time of one sequence, on one common time axis."""

from __future__ import annotations

from collections.abc import Sequence
import math

from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.evaluation.report.axes import Axis, Plot, figure, legend
from efficientsam3_ros.evaluation.report.lines import MOST_POINTS, Line, draw_line, thin_lowest
from efficientsam3_ros.evaluation.report.markup import Html, join, tag
from efficientsam3_ros.evaluation.report.timeline import (
    COLORS,
    MOST_TRACKS,
    Segment,
    Timeline,
    color_of,
    timeline_chart,
    with_switches,
)
from efficientsam3_ros.evaluation.results import PerFrame, SequenceResult

_WIDTH = 980.0
_LEFT = 130.0
_MOST_LOST = 400


def time_charts(result: SequenceResult) -> Html:
    """Return J&F, number of objects and id timeline of a sequence."""
    seconds = _seconds(result.per_frame.stamp_ns)
    if not seconds:
        return Html('')
    scored = any(not math.isnan(value) for value in result.per_frame.jf)
    return join([
        _quality(result.per_frame, seconds) if scored else None,
        _objects(result.per_frame, seconds),
        _identities(result, seconds),
    ])  # fmt: skip


def _quality(curves: PerFrame, seconds: Sequence[float]) -> Html:
    x, y = thin_lowest(seconds, [None if math.isnan(v) else 100 * v for v in curves.jf])
    plot = _plot(seconds, Axis.over(0, 100, 'J&F (points)', 4), 200)
    events = [
        tag('line', tag('title', f'{count} id switch{"es" if count > 1 else ""} at {at:.2f} s'),
            x1=plot.px(at), x2=plot.px(at), y1=plot.top, y2=plot.top + 9, class_='event')
        for at, count in zip(seconds, curves.switches) if count
    ]  # fmt: skip
    chart = plot.draw('J&F over time', _lost(plot, curves, seconds),
                      draw_line(plot, Line('J&F', 'c0', x, y)), events)  # fmt: skip
    names = [('c0', 'J&F of the objects in view')]
    names += [('bad', 'id switch')] if events else []
    names += [] if all(curves.processed) else [('none', 'frame dropped')]
    return _wide('Mask quality over time', chart, _thinned(len(seconds)), legend(names))


def _objects(curves: PerFrame, seconds: Sequence[float]) -> Html:
    truth = [None if n is None else float(n) for n in curves.truth_visible]
    known = any(n is not None for n in truth)
    most = max([*curves.visible, *(n for n in curves.truth_visible if n is not None), 1])
    plot = _plot(seconds, Axis.over(0, most, 'objects', 3, smallest=1.0), 150)
    xs, shown = thin_lowest(seconds, [float(n) for n in curves.visible])
    lines = [draw_line(plot, Line('tracks', 'c0', xs, shown, steps=True))]
    if known:
        xs, there = thin_lowest(seconds, truth)
        lines.insert(0, draw_line(plot, Line('in view', 'under c1', xs, there, steps=True)))
    names = [('c0', 'tracks with a mask'), *([('c1', 'true objects in view')] if known else [])]
    chart = plot.draw('objects over time', lines)
    return _wide('How many objects', chart, _thinned(len(seconds)), legend(names))


def _identities(result: SequenceResult, seconds: Sequence[float]) -> Html | None:
    if not result.track_timelines:
        return None
    # A frame's result stands until the next frame comes.
    ends = [*seconds[1:], seconds[-1] + (seconds[-1] / max(1, len(seconds) - 1) or 1.0)]
    known = sorted({item.object for item in result.track_timelines if item.object is not None})
    rank = {number: place for place, number in enumerate(known)}
    segments = with_switches([
        Segment(item.track, seconds[item.first], ends[item.last], item.object,
                color_of(None if item.object is None else rank[item.object]))
        for item in result.track_timelines
    ])  # fmt: skip
    names = {item.id: f'{item.concept} {item.id}' for item in result.tracks}
    truth = result.truth != 'none'
    chart = timeline_chart(Timeline(segments, names, ends[-1], truth), _WIDTH)
    caption = _timeline_caption(truth, len({item.track for item in segments}))
    return _wide('Who is who: id timeline', chart, caption, _objects_legend(segments, truth))


def _timeline_caption(truth: bool, tracks: int) -> str:
    text = (
        'One row a track. The colour and the number in a bar tell which true object it follows; '
        'grey follows none. A diamond: the object had another track before.'
        if truth
        else 'One row a track; a gap means that it had no mask.'
    )
    if tracks > MOST_TRACKS:
        text += f' Only the {MOST_TRACKS} longest of {tracks} tracks are drawn.'
    return text


def _objects_legend(segments: Sequence[Segment], truth: bool) -> Html | None:
    if not truth:
        return None
    kinds = {item.object: item.kind for item in segments if item.object is not None}
    names = [(kinds[number], f'object {number}') for number in sorted(kinds)[:COLORS]]
    more = [('more', f'and {len(kinds) - COLORS} more')] if len(kinds) > COLORS else []
    return legend([*names, *more, ('none', 'no object')])


def _lost(plot: Plot, curves: PerFrame, seconds: Sequence[float]) -> Html:
    """Return grey stripes where frames were dropped."""
    ends = [*seconds[1:], seconds[-1]]
    runs: list[tuple[float, float]] = []
    for start, end, seen in zip(seconds, ends, curves.processed):
        if seen:
            continue
        if runs and runs[-1][1] == start:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return join(
        tag('rect', x=plot.px(start), y=plot.top, height=plot.bottom - plot.top, class_='lost',
            width=max(0.5, plot.px(end) - plot.px(start)))
        for start, end in runs[:_MOST_LOST]
    )  # fmt: skip


def _plot(seconds: Sequence[float], y: Axis, height: float) -> Plot:
    end = seconds[-1] + (seconds[-1] / max(1, len(seconds) - 1) or 1.0)
    x = Axis.over(0.0, end, 'time since the first frame (s)', 10, rounded=False)
    return Plot(x, y, _WIDTH, height, left=_LEFT)


def _wide(title: str, chart: Html, caption: str | None, names: Html | None) -> Html:
    return tag('div', figure(title, chart, caption, names), class_='wide')


def _thinned(frames: int) -> str | None:
    if frames <= MOST_POINTS:
        return None
    return f'{frames} frames drawn as {MOST_POINTS} points: the lowest value of each stretch.'


def _seconds(stamps: Sequence[int]) -> list[float]:
    return [(stamp - stamps[0]) / SECOND_NS for stamp in stamps]
