"""The id timeline: one row a track, coloured by the truth object that it follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from efficientsam3_ros.evaluation.report.axes import Axis, Plot
from efficientsam3_ros.evaluation.report.markup import Html, join, tag

MOST_TRACKS = 60
"""More rows than that nobody reads."""

COLORS = 8
"""Number of CSS classes c0, c1, ...; they come again beyond, the number in the bar tells."""

_ROW = 20.0


@dataclass(frozen=True)
class Segment:
    """A stretch of time in which a track follows one object.

    Attributes:
        track: Its id.
        start: Seconds.
        end: Seconds.
        object: Truth object, or None for no object.
        kind: CSS class that gives the colour.
        switched: Whether another track followed this object before.
    """

    track: int
    start: float
    end: float
    object: int | None
    kind: str = 'c0'
    switched: bool = False


@dataclass(frozen=True)
class Timeline:
    """All tracks of one sequence.

    Attributes:
        segments: In any order.
        names: Track id to its row's name.
        seconds: End of the time axis.
        truth: Whether objects are known at all; without, bars are of one colour.
    """

    segments: Sequence[Segment]
    names: dict[int, str]
    seconds: float
    truth: bool = True

    def rows(self) -> list[int]:
        """Return the tracks that are drawn: the longest, in order of their first appearance."""
        length: dict[int, float] = {}
        first: dict[int, float] = {}
        for part in self.segments:
            length[part.track] = length.get(part.track, 0.0) + part.end - part.start
            first[part.track] = min(first.get(part.track, part.start), part.start)
        longest = sorted(length, key=lambda track: (-length[track], track))[:MOST_TRACKS]
        return sorted(longest, key=lambda track: (first[track], track))


def with_switches(segments: Sequence[Segment]) -> list[Segment]:
    """Mark each segment whose object was followed by another track before."""
    follower: dict[int, int] = {}
    marked = []
    for part in sorted(segments, key=lambda part: (part.start, part.track)):
        before = part.track if part.object is None else follower.get(part.object, part.track)
        if part.object is not None:
            follower[part.object] = part.track
        marked.append(replace(part, switched=before != part.track))
    return marked


def timeline_chart(timeline: Timeline, width: float = 980.0) -> Html:
    """Return one row a track, bars from first to last frame, switches as diamonds."""
    rows = timeline.rows()
    plot = Plot(
        Axis.over(0.0, timeline.seconds, 'time since the first frame (s)', 10, rounded=False),
        Axis(0, max(1, len(rows)), '', ()),
        width=width,
        height=_ROW * max(1, len(rows)) + 58.0,
        left=130.0,
        top=10.0,
    )
    grid = [
        tag('line', x1=x, x2=x, y1=plot.top, y2=plot.bottom, class_='grid')
        for x in map(plot.px, plot.x.ticks)
    ]
    place = {track: plot.top + _ROW * i for i, track in enumerate(rows)}
    names = [
        tag('text', _cut(timeline.names.get(track, str(track))), x=plot.left - 8, y=y + 14,
            text_anchor='end', class_='name')
        for track, y in place.items()
    ]  # fmt: skip
    shown = [part for part in timeline.segments if part.track in place]
    bars = [_bar(plot, part, place[part.track], timeline.truth) for part in shown]
    diamonds = [_diamond(plot, part, place[part.track]) for part in shown if part.switched]
    return plot.draw('id timeline', grid, names, bars, diamonds)


def color_of(number: int | None) -> str:
    """Return the CSS class of the n-th truth object."""
    return 'none' if number is None else f'c{number % COLORS}'


def _bar(plot: Plot, part: Segment, y: float, truth: bool) -> Html:
    left, right = plot.px(part.start), plot.px(part.end)
    width = max(1.5, right - left)
    kind = part.kind if truth else 'c0'
    whom = 'no object' if part.object is None else f'object {part.object}'
    tip = f'track {part.track}, {part.start:.2f}\u2013{part.end:.2f} s' + (
        f', {whom}' if truth else ''
    )
    bar = tag('rect', tag('title', tip), x=left, y=y + 3, width=width, height=_ROW - 6, rx=2,
              class_=f'fill {kind}')  # fmt: skip
    if part.object is None or width < 22:
        return bar
    inside = tag('text', str(part.object), x=left + (10 if part.switched else 5), y=y + 14,
                 class_=f'inside {kind}')  # fmt: skip
    return join([bar, inside])


def _diamond(plot: Plot, part: Segment, y: float) -> Html:
    x, middle = plot.px(part.start), y + _ROW / 2
    tip = f'id switch: object {part.object} is now track {part.track} ({part.start:.2f} s)'
    return tag('path', tag('title', tip), class_='switch',
               d=f'M{x:.1f} {middle - 7:.1f}l7 7l-7 7l-7 -7z')  # fmt: skip


def _cut(name: str, longest: int = 17) -> str:
    return name if len(name) <= longest else f'{name[: longest - 1]}…'
