"""Prompts change live, frames may change size, and long films cost no more than short ones."""

from __future__ import annotations

import numpy as np
import pytest
from scripted_engine import ScriptedEngine, Seen, frame_of, look, make_manifest
from tracking_scenes import id_at, ids, make_tracker, play, shown

from efficientsam3_ros.core import BundleError, Frame, Prompt, PromptError, TrackState
from efficientsam3_ros.core.manifest import Graph
from efficientsam3_ros.engine import EngineError
from efficientsam3_ros.tracking import ConceptTracker, TrackerConfig, TrackError
from efficientsam3_ros.tracking.lifecycle import ids as labels

PAIR = [Seen(2, 2), Seen(40, 30, concept='blue mug', embedding=look(4))]


def test_a_new_prompt_leaves_the_other_tracks_alone(scripted_engine):
    tracker = make_tracker(scripted_engine, 'red mug')
    play(tracker, scripted_engine, [PAIR] * 3)
    assert tracker.set_prompts([Prompt('blue mug'), Prompt('red mug')]) == 2
    result = play(tracker, scripted_engine, [PAIR])[0]
    assert result.prompt_version == 2
    assert id_at(result, 2) == 1
    assert id_at(result, 40) == 2
    states = {item.track_id: item.state for item in result.instances}
    assert states == {1: TrackState.TRACKED, 2: TrackState.NEW}


def test_a_dropped_prompt_ends_its_tracks_only(scripted_engine):
    tracker = make_tracker(scripted_engine, 'red mug', 'blue mug')
    before = play(tracker, scripted_engine, [PAIR] * 3)[-1]
    kept = id_at(before, 40)
    tracker.set_prompts([Prompt('blue mug')])
    assert [track.track_id for track in tracker.tracks] == [kept]
    assert ids(play(tracker, scripted_engine, [PAIR])[0]) == [kept]


def test_reset_tracks_ends_them_all(scripted_engine):
    tracker = make_tracker(scripted_engine)
    play(tracker, scripted_engine, [PAIR])
    tracker.set_prompts([Prompt('red mug')], reset_tracks=True)
    assert ids(play(tracker, scripted_engine, [PAIR])[0]) == [2]


def test_refused_prompts_change_nothing(scripted_engine):
    tracker = make_tracker(scripted_engine, max_prompts=2)
    play(tracker, scripted_engine, [PAIR] * 3)
    for refused in (
        [Prompt('red'), Prompt('blue'), Prompt('mug')],
        [Prompt('red mug that is far too long')],
        [Prompt('mug', threshold=0.4), Prompt('Mug', threshold=0.5)],
    ):
        with pytest.raises(PromptError):
            tracker.set_prompts(refused)
    assert (tracker.concepts, tracker.prompt_version) == (('red mug',), 1)
    assert ids(play(tracker, scripted_engine, [PAIR])[0]) == [1]


def test_words_of_another_case_are_the_same_concept_reported_as_given(scripted_engine):
    tracker = make_tracker(scripted_engine)
    play(tracker, scripted_engine, [PAIR] * 3)
    tracker.set_prompts([Prompt('Red Mug')])
    (item,) = shown(play(tracker, scripted_engine, [PAIR])[0])
    assert (item.track_id, item.concept) == (1, 'Red Mug')


def test_a_prompts_own_threshold_holds_for_it_alone(scripted_engine):
    tracker = ConceptTracker(scripted_engine)
    tracker.set_prompts([Prompt('red mug', threshold=0.95), Prompt('blue mug')])
    assert [item.concept for item in shown(play(tracker, scripted_engine, [PAIR])[0])] == [
        'blue mug'
    ]


def test_unknown_words_are_told(scripted_engine):
    tracker = make_tracker(scripted_engine, 'red mug', 'shiny gizmo mug')
    assert tracker.unknown_words == {'shiny gizmo mug': ('shiny', 'gizmo')}


def test_unknown_tracks_are_named_and_nothing_is_removed(scripted_engine):
    tracker = make_tracker(scripted_engine, 'red mug', 'blue mug')
    play(tracker, scripted_engine, [PAIR])
    with pytest.raises(TrackError, match='id 7, 9; the tracks are 1, 2'):
        tracker.remove_tracks([1, 9, 7])
    assert len(tracker.tracks) == 2
    assert tracker.remove_tracks() == ()


def test_between_detections_masks_move_along_and_the_network_rests(scripted_engine):
    tracker = make_tracker(scripted_engine, detect_every=3)
    results = play(tracker, scripted_engine, [[Seen(3 * i, 10)] for i in range(9)])
    assert scripted_engine.runs['image_encoder'] == scripted_engine.runs['detector'] == 3
    assert [ids(result) for result in results] == [[1]] * 9
    assert [shown(r)[0].mask.x for r in results] == [0, 0, 0, 9, 12, 15, 18, 21, 24]
    assert [shown(r)[0].age for r in results] == list(range(9))


def test_a_new_prompt_does_not_wait_for_the_next_turn(scripted_engine):
    tracker = make_tracker(scripted_engine, detect_every=50)
    play(tracker, scripted_engine, [PAIR] * 3)
    tracker.set_prompts([Prompt('red mug'), Prompt('blue mug')])
    assert ids(play(tracker, scripted_engine, [PAIR])[0]) == [1, 2]


def test_another_image_size_in_mid_stream_keeps_the_tracks(scripted_engine):
    tracker = make_tracker(scripted_engine, 'red mug', 'blue mug')
    play(tracker, scripted_engine, [PAIR] * 3)
    for height, width in ((96, 128), (30, 50), (48, 64)):
        result = tracker.step(frame_of(height, width))
        assert ids(result) == [1, 2]
        assert result.label_image().shape == (height, width)


def test_a_failed_graph_does_not_end_the_stream(scripted_engine):
    tracker = make_tracker(scripted_engine)
    play(tracker, scripted_engine, [PAIR] * 3)
    healthy, scripted_engine.runs = scripted_engine.runs, {}
    with pytest.raises(EngineError):
        tracker.step(frame_of())
    scripted_engine.runs = healthy
    assert ids(play(tracker, scripted_engine, [PAIR])[0]) == [1]


def test_thresholds_may_change_between_frames(scripted_engine):
    tracker = make_tracker(scripted_engine)
    play(tracker, scripted_engine, [[Seen(2, 2)]])
    tracker.config = TrackerConfig(detection_threshold=0.95)
    crowd = [Seen(2, 2), Seen(30, 30)]
    assert ids(play(tracker, scripted_engine, [crowd])[0]) == [1]


def test_exemplars_need_an_exemplar_encoder(scripted_engine):
    tracker = ConceptTracker(scripted_engine)
    with pytest.raises(PromptError, match='has no exemplar_encoder'):
        tracker.set_prompts([Prompt('mug', points=((0.5, 0.5),), point_labels=(1,))])


def test_exemplars_are_encoded_once_and_join_the_words():
    engine = ScriptedEngine(make_manifest(exemplars=True))
    tracker = ConceptTracker(engine)
    boxes = ((0.5, 0.5, 0.2, 0.2), (0.2, 0.2, 0.1, 0.1))
    shown_mug = Prompt('red mug', boxes=boxes, box_labels=(1, 0))
    tracker.set_prompts([shown_mug, Prompt('blue mug')])
    play(tracker, engine, [PAIR] * 3)
    tracker.set_prompts([shown_mug])
    assert ids(play(tracker, engine, [PAIR])[0]) == [1]
    assert engine.runs['exemplar_encoder'] == 1
    # Four text tokens, of which two are words; then the boxes, positive and negative.
    assert engine.prompt_mask.tolist() == [[1, 1, 0, 0, 1, 1]]
    assert engine.prompt_tokens[0, 4:, 0].tolist() == [-2, -1]


def test_exemplars_of_an_earlier_frame_are_read_there():
    engine = ScriptedEngine(make_manifest(exemplars=True))
    seen = []
    encode = engine._encode_exemplars
    engine._encode_exemplars = lambda inputs: seen.append(inputs['level_1']) or encode(inputs)
    tracker = ConceptTracker(engine)
    earlier = Frame(np.full((48, 64, 3), 200, np.uint8), 1, '')
    shown_mug = Prompt('red mug', boxes=((0.5, 0.5, 0.2, 0.2),), box_labels=(1,))
    tracker.set_prompts([shown_mug], shown_on=earlier)
    tracker.step(frame_of())
    ((image,),) = [seen]
    assert image.mean() == 200
    with pytest.raises(EngineError):
        engine.runs.pop('exemplar_encoder')
        new = Prompt('blue mug', boxes=((0.2, 0.2, 0.1, 0.1),), box_labels=(1,))
        tracker.set_prompts([new], shown_on=earlier)
    assert tracker.concepts == ('red mug',), 'half of a change was kept'


def test_exemplars_of_a_renamed_concept_stay_as_they_were_seen():
    engine = ScriptedEngine(make_manifest(exemplars=True))
    tracker = ConceptTracker(engine)
    box = {'boxes': ((0.5, 0.5, 0.2, 0.2),), 'box_labels': (1,)}
    tracker.set_prompts([Prompt('red mug', **box)])
    play(tracker, engine, [PAIR])
    tracker.set_prompts([Prompt('mug', **box)], renamed={'red mug': 'mug'})
    play(tracker, engine, [PAIR])
    assert engine.runs['exemplar_encoder'] == 1
    assert engine.prompt_tokens[0, 4:, 0].tolist() == [-2]


def test_a_contradictory_renaming_changes_nothing(scripted_engine):
    tracker = make_tracker(scripted_engine)
    play(tracker, scripted_engine, [PAIR])
    before = tracker.prompts, tracker.tracks, tracker.prompt_version
    with pytest.raises(PromptError, match='not in force'):
        tracker.set_prompts([Prompt('mug')], renamed={'fork': 'mug'})
    assert (tracker.prompts, tracker.tracks, tracker.prompt_version) == before


def test_a_detector_without_embeddings_is_refused():
    engine = ScriptedEngine()
    graph = engine.manifest.graphs['detector']
    outputs = tuple(name for name in graph.outputs if name != 'embeddings')
    engine.manifest.graphs['detector'] = Graph(graph.file, '', graph.inputs, outputs)
    with pytest.raises(BundleError, match='embeddings'):
        ConceptTracker(engine)


def fingerprint(results):
    return [
        (i.track_id, i.label, i.concept, i.score, i.state, i.age, i.mask.box_xyxy,
         i.mask.counts.tobytes(), i.mask_quality)
        for result in results for i in result.instances
    ]  # fmt: skip


def random_film(frames: int, seed: int) -> list[list[Seen]]:
    """Objects that drift, vanish at random, change their looks and are joined by strangers."""
    random = np.random.default_rng(seed)
    film = []
    for i in range(frames):
        scene = [
            Seen(
                int(25 + 20 * np.sin(i / 30 + k)) + int(random.integers(-1, 2)),
                int(4 + 14 * k),
                concept=('red mug', 'blue mug')[k % 2],
                score=float(random.uniform(0.3, 1.0)),
                embedding=look(k, float(random.uniform(0.6, 1.0))),
            )
            for k in range(3)
            if random.random() > 0.2
        ]
        if random.random() < 0.1:
            x, y = random.integers(0, 50), random.integers(0, 35)
            scene.append(Seen(int(x), int(y), embedding=look(int(random.integers(16)))))
        film.append(scene)
    return film


def test_two_runs_give_the_same_results():
    runs = []
    for _ in range(2):
        engine = ScriptedEngine()
        tracker = make_tracker(engine, 'red mug', 'blue mug', detect_every=2)
        runs.append(fingerprint(play(tracker, engine, random_film(200, seed=3))))
    assert len(runs[0]) > 300
    assert runs[0] == runs[1]


def test_1000_frames_need_no_more_memory_than_100(scripted_engine, monkeypatch):
    monkeypatch.setattr(labels, 'MAX_LABEL', 40)  # fewer than there are tracks in the film
    settings = {'max_occluded_frames': 5, 'lost_frames': 60, 'max_lost': 12}
    tracker = make_tracker(scripted_engine, 'red mug', 'blue mug', **settings)
    seen_ids, last = [], 0
    for scene in random_film(1000, seed=5):
        scripted_engine.scene = scene
        result = tracker.step(frame_of())
        assert len(tracker.tracks) <= 20
        live = [track.label for track in tracker.tracks]
        assert len(set(live)) == len(live)
        new = [item.track_id for item in result.instances if item.track_id > last]
        seen_ids += new
        last = max([last, *new])
    assert len(seen_ids) == len(set(seen_ids)) > 50
    assert len(tracker._table._appearance) == len(tracker.tracks)
