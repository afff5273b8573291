"""Clips for training: pictures and masks belong together in every set."""

import json
import pickle

import meta_files
import miniatures
import pytest

from efficientsam3_ros.datasets import SequenceError, TruthKind, open_sequences
from efficientsam3_ros.datasets.clip import clip_windows


def places(windows):
    return [window.places for window in windows]


def test_clips_adjoin_or_overlap(tmp_path):
    videos = open_sequences(miniatures.davis(tmp_path))
    assert places(clip_windows(videos, 2)) == [(0, 1), (2, 3), (4, 5)]
    assert places(clip_windows(videos, 4, step=1)) == [(0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5)]
    assert places(clip_windows(videos, 3, spacing=2)) == [(0, 2, 4)]
    with pytest.raises(SequenceError, match='No video has 7 pictures, 1 apart'):
        clip_windows(videos, 7)
    with pytest.raises(ValueError, match='1 picture or more'):
        clip_windows(videos, 0)


@pytest.mark.parametrize('make', [miniatures.sav_val, miniatures.sav_train])
def test_clips_of_sav_hold_annotated_pictures_only(tmp_path, make):
    windows = clip_windows(open_sequences(make(tmp_path)), 3, step=2)
    assert places(windows) == [(0, 4, 8), (8, 12, 16)]
    clip = pickle.loads(pickle.dumps(windows[1])).read()
    assert clip.name.endswith('-00008')
    assert [miniatures.number_of(frame.rgb) for frame in clip.frames] == [8, 12, 16]
    assert {i.mask.x for i in clip.truth[1].instances} == {12}
    assert [f.stamp_ns for f in clip.frames] == [t.stamp_ns for t in clip.truth]
    assert clip.truth_kind is TruthKind.OBJECTS


def test_no_clip_spans_a_picture_that_is_missing(tmp_path):
    root = miniatures.sav_train(tmp_path)
    for number in (3, 8):
        (root / f'sav_000001/{number:05d}.jpg').unlink()
    clips = [window.read() for window in clip_windows(open_sequences(root), 2, step=1)]
    assert [clip.name for clip in clips] == ['sav_000001-00000', 'sav_000001-00012']
    for clip in clips:
        for frame, truth in zip(clip.frames, clip.truth):
            assert {i.mask.x for i in truth.instances} == {miniatures.number_of(frame.rgb)}


def test_a_clip_of_a_video_file_has_the_same_pictures(tmp_path):
    (video,) = open_sequences(miniatures.sav_train(tmp_path, frames=False))
    clip = clip_windows([video], 2, step=2)[1].read()
    assert [miniatures.number_of(frame.rgb) for frame in clip.frames] == [8, 12]
    assert [[i.mask.x for i in t.instances] for t in clip.truth] == [[8], [12, 12, 12]]


def test_clips_know_phrases_or_categories(tmp_path):
    videos = open_sequences(miniatures.veval(tmp_path / 'a'))
    clip = clip_windows(videos, 5)[0].read()
    assert (clip.truth_kind, clip.concepts) == (
        TruthKind.CONCEPTS,
        ('the red mug', 'a bowl', 'unicorn'),
    )
    clip = clip_windows(open_sequences(meta_files.youtube_vos(tmp_path / 'b')), 6)[0].read()
    assert clip.categories == {1: 'giant panda', 2: 'dog'}


def test_pictures_without_annotation_have_no_truth(tmp_path):
    clip = clip_windows(open_sequences(miniatures.mose(tmp_path)), 3)[0].read()
    assert [truth is None for truth in clip.truth] == [False, True, True]


def cut_picture(root):
    (root / 'JPEGImages/480p/bear/00001.jpg').write_bytes(b'cut')


def no_picture(root):
    (root / 'JPEGImages/480p/bear/00001.jpg').unlink()


def cut_mask(root):
    (root / 'Annotations/480p/bear/00001.png').write_bytes(b'\x89PNG')


@pytest.mark.parametrize(
    ('damage', 'message'),
    [
        (cut_picture, 'bear: picture 1 is damaged; copy'),
        (cut_mask, r'bear: the masks of picture 1 are damaged .*00001\.png is no PNG'),
    ],
)
def test_a_gap_costs_the_clip_and_no_other(tmp_path, damage, message):
    damage(miniatures.davis(tmp_path))
    first, *others = clip_windows(open_sequences(tmp_path), 2)
    with pytest.raises(SequenceError, match=message):
        first.read()
    assert [len(window.read().frames) for window in others] == [2, 2]


def test_a_picture_that_vanishes_later_is_a_sentence(tmp_path):
    windows = clip_windows(open_sequences(miniatures.davis(tmp_path)), 2)
    no_picture(tmp_path)
    with pytest.raises(SequenceError, match='picture 1 is missing'):
        windows[0].read()


def test_masks_that_do_not_match_the_objects_are_refused(tmp_path):
    path = miniatures.sav_train(tmp_path) / 'sav_000001_manual.json'
    about = json.loads(path.read_text())
    about['masklet'][1].pop()
    path.write_text(json.dumps(about))
    with pytest.raises(SequenceError, match='annotation 1 has 2 masks for 3 objects; copy'):
        clip_windows(open_sequences(tmp_path), 5)[0].read()
