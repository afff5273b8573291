"""The id timeline."""

from __future__ import annotations

from efficientsam3_ros.evaluation.report.timeline import (
    MOST_TRACKS,
    Segment,
    Timeline,
    timeline_chart,
    with_switches,
)


def test_a_switch_is_where_an_object_gets_another_track():
    marked = with_switches(
        [Segment(1, 0, 4, 7), Segment(2, 5, 9, 7), Segment(2, 10, 12, 7), Segment(3, 0, 9, None)]
    )
    assert [(item.track, item.start) for item in marked if item.switched] == [(2, 5)]


def test_a_track_that_takes_over_another_object_is_a_switch_of_that_object():
    marked = with_switches([Segment(1, 0, 4, 7), Segment(2, 0, 4, 8), Segment(1, 5, 9, 8)])
    assert [(item.track, item.object) for item in marked if item.switched] == [(1, 8)]


def test_the_longest_tracks_are_drawn_in_order_of_appearance():
    short = [Segment(n, n / 10, n / 10 + 0.1, None) for n in range(200)]
    long = [Segment(900, 15, 20, 1), Segment(901, 3, 20, 2)]
    rows = Timeline([*short, *long], {}, 20.0).rows()
    assert len(rows) == MOST_TRACKS
    assert rows.index(901) < rows.index(900)


def test_without_truth_bars_say_nothing_of_objects():
    page = timeline_chart(Timeline([Segment(1, 0, 4, None)], {1: 'mug 1'}, 5.0, truth=False))
    assert 'object' not in page
    assert 'fill c0' in page
