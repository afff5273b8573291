"""What holds for every film: random objects come, go, hide and are mistaken."""

from __future__ import annotations

from dataclasses import dataclass, replace
import random

import numpy as np
import pytest
from quick_hypothesis import leave_out_constants
from remembering_engine import LAYOUT, RememberingEngine, memory_manifest
from scripted_engine import ScriptedEngine, Seen, frame_of, look
from tracking_scenes import SHOWN, filled, make_tracker, play

from efficientsam3_ros.core import FrameResult, Prompt, TrackState
from efficientsam3_ros.tracking import ConceptTracker

pytest.importorskip('hypothesis', reason='needs hypothesis: pip install ".[test]"')
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

leave_out_constants()

CONCEPTS = ('red mug', 'blue mug')
SETTINGS = {
    'confirm_hits': 2,
    'new_misses': 2,
    'max_occluded_frames': 3,
    'lost_frames': 8,
    'max_lost': 3,
    'memory_only_runs': 2,
    'recondition_every': 3,
    'search_lost': 6,
    'max_objects': 6,
}
OBJECTS = 3
"""Rows of the memory: fewer than there are objects, so that they compete."""

films = settings(
    max_examples=20, deadline=None, derandomize=True, database=None, phases=(Phase.generate,)
)


def thing(number: int) -> Seen:
    """Return what the number stands for: anything that may be in view; some share their looks."""
    chance = random.Random(number)
    who = chance.randint(1, 6)
    return Seen(
        x=chance.randint(-4, 58),
        y=chance.randint(-4, 42),
        w=chance.randint(3, 20),
        h=chance.randint(3, 20),
        concept=CONCEPTS[who % 2],
        score=chance.choice((0.0, 0.4, 0.55, 0.9, 0.9)),
        embedding=look(who // 2, chance.choice((1.0, 0.95, 0.7))),
        who=who,
        memory_score=chance.choice((0.05, 0.6, 0.95, 0.95)),
        memory_quality=chance.choice((0.2, 0.55, 0.9)),
    )


def moved(scene: list[Seen], step: int) -> list[Seen]:
    """Return the things a little further on, seen as clearly as before."""
    return [replace(item, x=item.x + step, y=item.y + (item.who + step) % 3) for item in scene]


scenes = st.lists(
    st.integers(0, 2**20).map(thing), max_size=6, unique_by=lambda item: item.who
).filter(lambda scene: len({(item.x, item.y) for item in scene}) == len(scene))
# Each scene stays for some frames, so that tracks live long enough to get into trouble.
streams = st.lists(st.tuples(scenes, st.integers(1, 4)), min_size=1, max_size=5).map(
    lambda parts: [moved(scene, step) for scene, steps in parts for step in range(steps)]
)


@pytest.fixture(params=['memory', 'detections'], scope='module')
def make_engine(request: pytest.FixtureRequest):
    """Return what makes an engine with or without a video memory."""
    if request.param == 'memory':
        return lambda: RememberingEngine(memory_manifest(objects=OBJECTS))
    return ScriptedEngine


def new_tracker(engine: ScriptedEngine, **changes: object) -> ConceptTracker:
    return make_tracker(engine, *CONCEPTS, **{**SETTINGS, **changes})


def fingerprint(results: list[FrameResult], first_id: int = 0) -> list[object]:
    return [
        [
            (i.track_id - first_id, i.concept, i.score, i.state, i.age, i.mask.box_xyxy,
             i.mask.counts.tobytes(), np.float32(i.mask_quality).tobytes())
            for i in result.instances
        ]
        for result in results
    ]  # fmt: skip


@films
@given(film=streams, every=st.integers(1, 3))
def test_ids_are_unique_and_rise_and_live_labels_differ(make_engine, film, every):
    engine = make_engine()
    tracker = new_tracker(engine, detect_every=every)
    known: set[int] = set()
    for result in play(tracker, engine, film):
        ids = [item.track_id for item in result.instances]
        assert ids == sorted(set(ids))
        new = set(ids) - known
        assert not new or min(new) > max(known, default=0)
        known |= new
        labels = [item.label for item in result.instances]
        assert len(set(labels)) == len(labels)


@films
@given(film=streams)
def test_every_pixel_has_at_most_one_label_that_of_the_best_owner(make_engine, film):
    engine = make_engine()
    for result in play(new_tracker(engine), engine, film):
        image = result.label_image()
        best = np.zeros(image.shape, np.uint16)
        for item in sorted(result.instances, key=lambda i: (i.score, -i.track_id)):
            if item.mask.area:
                rows = item.mask.roi_slices()
                best[rows][item.mask.crop()] = item.label
                assert item.state in SHOWN
        assert np.array_equal(image, best)


@films
@given(film=streams, every=st.integers(1, 3))
def test_no_track_is_visible_without_support(make_engine, film, every):
    engine = make_engine()
    tracker = new_tracker(engine, detect_every=every)
    supported: dict[int, tuple[int, int]] = {}  # track id to hits and the run of the last one
    for scene in film:
        play(tracker, engine, [scene])
        runs = engine.runs['detector']
        for track in tracker.tracks:
            if track.hits > supported.get(track.track_id, (0, 0))[0]:
                supported[track.track_id] = (track.hits, runs)
            unsupported = runs - supported[track.track_id][1]
            if track.visible:
                allowed = track.hits >= SETTINGS['confirm_hits'] and engine.manifest.memory
                assert unsupported <= (SETTINGS['memory_only_runs'] if allowed else 0)
            elif track.hits < SETTINGS['confirm_hits']:
                assert unsupported <= SETTINGS['new_misses']


@films
@given(film=streams, seed=st.integers(0, 100))
def test_the_order_of_detections_means_nothing(make_engine, film, seed):
    shuffler = random.Random(seed)
    shuffled = [shuffler.sample(scene, len(scene)) for scene in film]
    results = []
    for version in (film, shuffled):
        engine = make_engine()
        results.append(fingerprint(play(new_tracker(engine), engine, version)))
    assert results[0] == results[1]


@films
@given(before=streams, film=streams, every=st.integers(1, 3))
def test_after_a_reset_the_stream_starts_as_if_it_were_the_first(make_engine, before, film, every):
    engine = make_engine()
    used = new_tracker(engine, detect_every=every)
    play(used, engine, before)
    last = used._table._numbering._last_id
    used.reset()
    again = fingerprint(play(used, engine, film), last)
    fresh_engine = make_engine()
    fresh = play(new_tracker(fresh_engine, detect_every=every), fresh_engine, film)
    assert again == fingerprint(fresh)


@dataclass
class Check:
    """Bounds of everything that a tracker holds."""

    tracker: ConceptTracker
    bytes: int

    def __call__(self) -> None:
        tracker = self.tracker
        lost = [t for t in tracker.tracks if t.state(tracker._frame, tracker.config) == 3]
        assert len(lost) <= SETTINGS['max_lost']
        assert len(tracker.tracks) - len(lost) <= SETTINGS['max_objects']
        assert len(tracker._table._appearance) == len(tracker.tracks)
        assert tracker._force_conditioning <= {track.track_id for track in tracker.tracks}
        assert tracker.memory_bytes == self.bytes
        assert tracker.remembered <= OBJECTS
        ring = tracker._inference.memory.ring
        held = [track.track_id for track in tracker.tracks if track.track_id in ring]
        assert len(held) == len(ring)
        sizes = (LAYOUT.conditioning, LAYOUT.recent, LAYOUT.pointers)
        for track_id in held:
            assert all(n <= limit for n, limit in zip(filled(ring, track_id), sizes))
            assert filled(ring, track_id)[0] >= 1


@films
@given(film=streams, orders=st.lists(st.integers(0, 5), min_size=20, max_size=20))
def test_memory_holds_its_bounds_whatever_the_operator_does(film, orders):
    engine = RememberingEngine(memory_manifest(objects=OBJECTS))
    tracker = new_tracker(engine)
    check = Check(tracker, tracker.memory_bytes)
    for scene, order in zip(film, orders):
        play(tracker, engine, [scene])
        check()
        if order == 1:
            tracker.reset()
            assert tracker.remembered == 0
        elif order == 2 and tracker.tracks:
            tracker.remove_tracks([tracker.tracks[0].track_id])
        elif order == 3:
            tracker.set_prompts([Prompt(CONCEPTS[0])])
            assert {track.key for track in tracker.tracks} <= {CONCEPTS[0]}
        elif order == 4:
            tracker.set_prompts([Prompt(concept) for concept in CONCEPTS])
        check()


def random_scene(chance: np.random.Generator, frame: int) -> list[Seen]:
    """Return drifting things of which each is in view, hidden or away for some frames."""
    found = []
    for who in range(1, 9):
        phase = np.sin(frame / (11 + who) + who)
        if phase < -0.3:
            continue
        x, y = 26 + 24 * np.sin(frame / 30 + who), 18 + 16 * np.cos(frame / 23 + 2 * who)
        found.append(
            Seen(
                int(x) + int(chance.integers(-1, 2)),
                int(y),
                concept=CONCEPTS[who % 2],
                score=float(chance.choice((0.0, 0.45, 0.9), p=(0.2, 0.1, 0.7))),
                embedding=look(who + frame // 40),
                who=who + 8 * (frame // 60),
                memory_score=0.05 if phase < 0 else 0.95,
                memory_quality=float(chance.uniform(0.3, 1)),
            )
        )
    return found[:8]


def test_500_frames_of_coming_and_going_hold_all_bounds():
    engine = RememberingEngine(memory_manifest(objects=OBJECTS))
    tracker = new_tracker(engine)
    check = Check(tracker, tracker.memory_bytes)
    chance = np.random.default_rng(1)
    known: set[int] = set()
    for frame in range(500):
        engine.scene = random_scene(chance, frame)
        result = tracker.step(frame_of())
        check()
        new = {item.track_id for item in result.instances} - known
        assert not new or min(new) > max(known, default=0)
        known |= new
        if frame % 90 == 70:
            tracker.set_prompts([Prompt(c) for c in CONCEPTS[: 1 + frame // 90 % 2]])
    assert len(known) > 30
    assert TrackState.LOST in {i.state for i in result.instances} or len(tracker.tracks) > 3
