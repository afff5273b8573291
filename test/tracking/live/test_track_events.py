"""Confirmed, lost, found, ended: each is told once."""

from __future__ import annotations

import numpy as np
import pytest
from scripted_engine import ScriptedEngine, Seen

from efficientsam3_ros.core import Frame, FrameResult, Instance, Prompt, Rle, TrackState
from efficientsam3_ros.tracking import ConceptTracker, TrackerConfig
from efficientsam3_ros.tracking.live.track_events import EventKind, TrackEvents

CONFIRMED, LOST, FOUND, ENDED = EventKind
NEW, TRACKED, OCCLUDED, GONE = TrackState


class Story:
    """Lets tracks go through states, image by image."""

    def __init__(self):
        self.alive, self.stamp_ns = {7, 8}, 0
        self.events = TrackEvents(lambda: self.alive)

    def image(self, **states):
        """Show tracks by name: t7=TRACKED; return what is told as (kind, id)."""
        self.stamp_ns += 10
        items = tuple(self.item(int(name[1:]), state) for name, state in states.items())
        self.told = self.events.of(FrameResult(self.stamp_ns, '', 9, 9, 1, items))
        return [(event.kind, event.item.track_id) for event in self.told]

    def item(self, track_id, state):
        mask = np.zeros((9, 9), bool)
        mask[2:4, 1:6] = state in (NEW, TRACKED)
        return Instance(track_id, track_id, 'mug', 0.5, Rle.encode(mask), state)


def test_a_track_is_confirmed_once():
    story = Story()
    assert story.image(t7=NEW) == []
    assert story.image(t7=TRACKED, t8=NEW) == [(CONFIRMED, 7)]
    assert story.image(t7=OCCLUDED, t8=TRACKED) == [(CONFIRMED, 8)]
    assert story.image(t7=TRACKED, t8=TRACKED) == []


def test_lost_found_and_ended_with_where_it_was_seen():
    story = Story()
    story.image(t7=TRACKED)
    assert story.image(t7=OCCLUDED) == []
    assert story.image(t7=GONE) == [(LOST, 7)]
    (event,) = story.told
    assert (event.seen_ns, event.item.state, event.view.area) == (10, GONE, 10)
    assert story.image(t7=GONE) == [] and story.image() == []
    assert story.image(t7=TRACKED) == [(FOUND, 7)]
    assert story.told[0].seen_ns == story.stamp_ns
    story.alive = set()
    assert story.image() == [(ENDED, 7)]
    assert story.image() == []


def test_lost_ones_that_are_not_reported_are_told_apart_from_ended_ones():
    story = Story()
    story.image(t7=TRACKED, t8=TRACKED)
    story.alive = {7}
    assert story.image() == [(LOST, 7), (ENDED, 8)]


def test_false_starts_are_passed_over():
    story = Story()
    story.image(t7=NEW)
    # A new one that another object covers.
    assert story.image(t7=OCCLUDED) == [] and story.image(t7=GONE) == []
    story.alive = set()
    assert story.image() == []


def told(events):
    return [(event.kind, event.item.track_id, event.seen_ns) for event in events]


def test_what_ends_without_an_image_is_told_once():
    story = Story()
    assert story.events.ended() == []
    story.image(t7=TRACKED, t8=TRACKED, t9=NEW)
    assert story.events.ended() == []
    story.alive = {7}
    assert told(story.events.ended()) == [(ENDED, 8, 10)]
    assert story.events.ended() == [] and story.image(t7=TRACKED) == []


def test_a_pause_loses_every_track_until_it_is_seen_again():
    story = Story()
    story.image(t7=TRACKED, t8=TRACKED, t9=TRACKED)
    story.image(t7=OCCLUDED, t8=TRACKED, t9=GONE)
    assert told(story.events.pause()) == [(LOST, 7, 10), (LOST, 8, 20)]
    assert story.events.pause() == []
    assert story.image(t7=OCCLUDED, t8=TRACKED, t9=GONE) == [(FOUND, 8)]
    assert story.image(t7=OCCLUDED, t8=OCCLUDED, t9=TRACKED) == [(FOUND, 9)]
    assert story.image(t7=TRACKED, t8=TRACKED, t9=TRACKED) == [(FOUND, 7)]
    assert story.image(t7=GONE, t8=TRACKED, t9=TRACKED) == [(LOST, 7)]


def test_the_end_of_all_is_told_of_lost_ones_too_but_of_no_false_start():
    story = Story()
    story.image(t7=TRACKED, t8=TRACKED, t9=NEW)
    story.image(t7=GONE, t8=TRACKED, t9=NEW)
    assert told(story.events.close()) == [(ENDED, 7, 10), (ENDED, 8, 20)]
    assert story.events.close() == []


@pytest.mark.parametrize('report_lost', [0, 5])
def test_of_a_real_tracker(report_lost):
    engine = ScriptedEngine()
    config = TrackerConfig(
        confirm_hits=2, max_occluded_frames=2, report_lost=report_lost, lost_frames=6
    )
    tracker = ConceptTracker(engine, config)
    tracker.set_prompts([Prompt('red mug')])
    events = TrackEvents(lambda: {track.track_id for track in tracker.tracks})
    happened = []
    for number in range(16):
        engine.scene = [Seen(10, 10, 20, 20)] if number < 3 else []
        frame = Frame(np.zeros((48, 64, 3), np.uint8), number + 1, '')
        happened += [(number, event.kind) for event in events.of(tracker.step(frame))]
    assert happened == [(1, CONFIRMED), (5, LOST), (11, ENDED)]
