"""The track timelines."""

from __future__ import annotations

from dataclasses import replace

from evaluation_examples import example_results
import numpy as np

from efficientsam3_ros.evaluation.report.charts import COLORS
from efficientsam3_ros.evaluation.report.timeline import (
    MOST_TRACKS,
    longest_tracks,
    switched,
    timeline_chart,
)
from efficientsam3_ros.evaluation.sequence_result import TrackSegment

SECONDS = np.arange(400.0)


def drawn(segments, truth='concepts'):
    result = example_results(1, truth=truth).sequences['table-00']
    result = replace(result, track_timelines=tuple(segments))
    return timeline_chart(result, SECONDS[:-1], SECONDS[1:])


def test_a_switch_is_where_an_object_gets_another_track():
    found = switched(
        [TrackSegment(1, 0, 4, 7), TrackSegment(2, 5, 9, 7), TrackSegment(2, 10, 12, 7),
         TrackSegment(3, 0, 9, None)]
    )  # fmt: skip
    assert [(item.track, item.first) for item in found] == [(2, 5)]


def test_a_track_that_takes_over_another_object_is_a_switch_of_that_object():
    found = switched(
        [TrackSegment(1, 0, 4, 7), TrackSegment(2, 0, 4, 8), TrackSegment(1, 5, 9, 8)]
    )
    assert [(item.track, item.object) for item in found] == [(1, 8)]


def test_the_longest_tracks_are_drawn_in_order_of_appearance():
    short = [TrackSegment(n, n, n, None) for n in range(200)]
    long = [TrackSegment(900, 150, 200, 1), TrackSegment(901, 30, 200, 2)]
    tracks = longest_tracks([*short, *long])
    assert len(tracks) == MOST_TRACKS
    assert tracks.index(901) < tracks.index(900)
    assert 'Only the 60 longest of 202 tracks are drawn.' in drawn([*short, *long]).caption


def test_a_bar_lasts_from_its_first_frame_to_the_end_of_its_last():
    bars = drawn([TrackSegment(1, 3, 9, 11)]).layers[0]
    assert (bars.data['left'], bars.data['right']) == ([3.0], [10.0])
    assert bars.legend == 'object 11'
    assert bars.tips['follows'] == '@object'


def test_rows_are_named_by_concept_and_track():
    chart = drawn([TrackSegment(2, 0, 9, 12), TrackSegment(77, 1, 9, None)])
    assert chart.rows == ['bowl 2', '77']


def test_numbers_stand_only_in_bars_with_room_for_them():
    layers = drawn([TrackSegment(1, 0, 99, 11), TrackSegment(1, 105, 106, 11)]).layers
    assert [layer.data['text'] for layer in layers if layer.glyph == 'text'] == [['11']]


def test_objects_beyond_the_colours_share_one_entry():
    many = [TrackSegment(n, n, n + 9, n) for n in range(12)]
    entries = [layer.legend for layer in drawn(many).layers if layer.glyph == 'hbar']
    assert entries == [*(f'object {n}' for n in range(len(COLORS))), '4 more objects']


def test_without_truth_bars_say_nothing_of_objects():
    chart = drawn([TrackSegment(1, 0, 4, None)], truth='none')
    (bars,) = chart.layers
    assert bars.legend == ''
    assert 'follows' not in bars.tips
    assert bars.style['color'] == COLORS[0]
    assert 'object' not in chart.caption
