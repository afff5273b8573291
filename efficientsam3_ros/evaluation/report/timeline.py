"""Track timelines: one row a track, coloured by the true object that it follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from efficientsam3_ros.evaluation.report import charts
from efficientsam3_ros.evaluation.report.charts import Chart, Layer
from efficientsam3_ros.evaluation.sequence_result import SequenceResult, TrackSegment

MOST_TRACKS = 60
"""More rows than that nobody reads."""

_NARROW = 0.025
"""Share of the width below which a bar has no room for a number."""


def timeline_chart(result: SequenceResult, start: np.ndarray, end: np.ndarray) -> Chart:
    """Return one row a track, bars from first to last frame, id switches as diamonds.

    Args:
        result: With at least one segment.
        start: Seconds float (N,) at which each frame begins.
        end: Seconds at which it ends.
    """
    truth, names = result.truth != 'none', {item.id: item.concept for item in result.tracks}
    tracks = longest_tracks(result.track_timelines)
    place = {track: row for row, track in enumerate(tracks)}
    shown = [part for part in result.track_timelines if part.track in place]
    layers: list[Layer] = []
    for label, (color, parts) in _groups(shown, truth).items():
        layers += _bars(_columns(parts, place, start, end), label, color, _NARROW * end[-1])
    switches = [part for part in switched(result.track_timelines) if part.track in place]
    if switches:
        columns = _columns(switches, place, start, end)
        marks = {'x': columns['left'], **{key: columns[key] for key in ('y', 'track', 'object')}}
        style = {'marker': 'diamond', 'size': 13, 'fill_color': 'white', 'line_color': charts.INK}
        tips = {'id switch': 'object @object is now track @track (@x{0.00} s)'}
        layers.append(Layer('scatter', marks, style, 'id switch', tips))
    rows = [f'{names.get(track, "")} {track}'.strip() for track in tracks]
    caption = _caption(truth, len({part.track for part in result.track_timelines}))
    return Chart('Track timelines', layers, charts.SECONDS, rows=rows, caption=caption,
                 wide=True, linked=True)  # fmt: skip


def longest_tracks(segments: Sequence[TrackSegment]) -> list[int]:
    """Return the tracks that are drawn: the longest, in order of their first appearance."""
    length: dict[int, int] = {}
    first: dict[int, int] = {}
    for part in segments:
        length[part.track] = length.get(part.track, 0) + part.last - part.first + 1
        first[part.track] = min(first.get(part.track, part.first), part.first)
    longest = sorted(length, key=lambda track: (-length[track], track))[:MOST_TRACKS]
    return sorted(longest, key=lambda track: (first[track], track))


def switched(segments: Sequence[TrackSegment]) -> list[TrackSegment]:
    """Return the segments whose object was followed by another track before."""
    follower: dict[int, int] = {}
    found = []
    for part in sorted(segments, key=lambda part: (part.first, part.track)):
        if part.object is not None:
            if follower.get(part.object, part.track) != part.track:
                found.append(part)
            follower[part.object] = part.track
    return found


def _groups(
    shown: Sequence[TrackSegment], truth: bool
) -> dict[str, tuple[str, list[TrackSegment]]]:
    """Return legend entry to its colour and segments; without truth there is no legend."""
    objects = sorted({part.object for part in shown if part.object is not None})
    rank: dict[int | None, int] = {number: i for i, number in enumerate(objects)}
    groups: dict[str, tuple[str, list[TrackSegment]]] = {}
    for part in sorted(shown, key=lambda part: rank.get(part.object, len(rank))):
        if part.object is None:
            label, color = ('no object', charts.GREY) if truth else ('', charts.BLUE)
        elif rank[part.object] < len(charts.COLORS):
            label, color = f'object {part.object}', charts.COLORS[rank[part.object]]
        else:
            label, color = f'{len(rank) - len(charts.COLORS)} more objects', charts.INK
        groups.setdefault(label, (color, []))[1].append(part)
    return groups


def _bars(columns: Mapping[str, Any], label: str, color: str, room: float) -> Iterator[Layer]:
    tips = {'track': '@track', 'time': '@left{0.00} to @right{0.00} s'}
    tips |= {'follows': '@object'} if label else {}
    yield Layer('hbar', columns, {'height': 0.62, 'color': color}, label, tips)
    if label and color != charts.GREY:
        wide = columns['right'] - columns['left'] > room
        numbers = {'x': columns['left'], 'y': columns['y'], 'text': columns['object']}
        style = {'x_offset': 9, 'text_baseline': 'middle', 'text_font_size': '11px'}
        yield Layer('text', {key: value[wide] for key, value in numbers.items()},
                    {**style, 'text_color': 'white'}, label)  # fmt: skip


def _columns(
    parts: Sequence[TrackSegment], place: Mapping[int, int], start: np.ndarray, end: np.ndarray
) -> dict[str, np.ndarray]:
    objects = ['no object' if part.object is None else str(part.object) for part in parts]
    return {
        'y': np.array([place[part.track] for part in parts]),
        'left': start[[part.first for part in parts]], 'right': end[[p.last for p in parts]],
        'track': np.array([part.track for part in parts]), 'object': np.array(objects),
    }  # fmt: skip


def _caption(truth: bool, tracks: int) -> str:
    text = (
        'One row a track. Colour and number tell which true object it follows; grey follows none. '
        'A diamond: the object had another track before.'
        if truth
        else 'One row a track; in a gap it had no mask.'
    )
    more = f' Only the {MOST_TRACKS} longest of {tracks} tracks are drawn.'
    return text + more * (tracks > MOST_TRACKS)
