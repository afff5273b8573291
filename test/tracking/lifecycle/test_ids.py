"""Labels are unique among live tracks and come back late."""

from __future__ import annotations

import pytest
from scripted_engine import Seen, look
from tracking_scenes import make_tracker, play, shown

from efficientsam3_ros.tracking.lifecycle import ids as labels
from efficientsam3_ros.tracking.lifecycle.ids import MAX_LABEL, IdAllocator


def test_a_freed_label_is_given_again_only_after_all_others():
    numbering = IdAllocator()
    first = numbering.take_label()
    numbering.free_label(first)
    others = [numbering.take_label() for _ in range(MAX_LABEL - 1)]
    assert first not in others
    assert (min(others), max(others)) == (2, 65534)
    assert numbering.take_label() == first
    with pytest.raises(RuntimeError, match='in use'):
        numbering.take_label()


def test_after_a_round_labels_of_live_tracks_are_passed_over():
    numbering = IdAllocator()
    taken = [numbering.take_label() for _ in range(MAX_LABEL)]
    for label in (5, 9):
        numbering.free_label(label)
    assert [numbering.take_label(), numbering.take_label()] == [5, 9]
    assert len(set(taken)) == MAX_LABEL


def test_ids_end_rather_than_repeat(monkeypatch):
    monkeypatch.setattr(labels, 'MAX_TRACK_ID', 2)
    numbering = IdAllocator()
    assert [numbering.next_id(), numbering.next_id()] == [1, 2]
    with pytest.raises(RuntimeError, match='used up'):
        numbering.next_id()


def test_the_label_image_shows_the_better_of_two_overlapping_objects(scripted_engine):
    tracker = make_tracker(scripted_engine)
    scene = [Seen(10, 10, 12, 10, score=0.7), Seen(18, 10, 12, 10, score=0.9, embedding=look(3))]
    result = play(tracker, scripted_engine, [scene])[0]
    label = {item.mask.x: item.label for item in result.instances}
    row = result.label_image()[15]
    assert set(row[10:18]) == {label[10]}
    assert set(row[18:30]) == {label[18]}
    assert [item.area for item in result.instances] == [120, 120]


@pytest.mark.parametrize(
    ('policy', 'areas'), [('keep', [120, 120]), ('concept', [120, 120]), ('all', [80, 120])]
)
def test_overlap_policies_between_concepts(scripted_engine, policy, areas):
    tracker = make_tracker(scripted_engine, 'red mug', 'blue mug', overlap=policy)
    scene = [Seen(10, 10, 12, 10, score=0.7), Seen(18, 10, 12, 10, 'blue mug', 0.9)]
    found = shown(play(tracker, scripted_engine, [scene])[0])
    assert [item.area for item in sorted(found, key=lambda item: item.mask.x)] == areas


def test_the_concept_policy_cuts_masks_of_one_concept(scripted_engine):
    tracker = make_tracker(scripted_engine, overlap='concept')
    scene = [Seen(10, 10, 12, 10, score=0.7), Seen(18, 10, 12, 10, score=0.9, embedding=look(3))]
    found = shown(play(tracker, scripted_engine, [scene])[0])
    assert [item.area for item in sorted(found, key=lambda item: item.mask.x)] == [80, 120]


def test_a_successor_repeats_no_id_and_has_all_labels():
    numbering = IdAllocator()
    assert (numbering.next_id(), numbering.take_label()) == (1, 1)
    successor = numbering.successor()
    assert successor.next_id() == 2
    assert {successor.take_label() for _ in range(MAX_LABEL)} == set(range(1, MAX_LABEL + 1))
