"""VEval: phrases with their absence, and pictures named by every fourth number."""

import json

import miniatures
import numpy as np
import pytest

from efficientsam3_ros.datasets import (
    SequenceError,
    TruthKind,
    TruthOptions,
    open_sequences,
)


def test_pairs_are_the_concepts_and_null_is_out_of_view(tmp_path):
    (sequence,) = open_sequences(miniatures.veval(tmp_path))
    assert (sequence.name, sequence.source) == ('sav_000208', 'veval')
    assert sequence.truth_kind is TruthKind.CONCEPTS
    assert sequence.concepts == ('the red mug', 'a bowl', 'unicorn')
    frames, truth = list(sequence.frames()), list(sequence.truth())
    assert [miniatures.number_of(f.rgb) for f in frames] == [0, 4, 8, 12, 16]
    assert frames[1].stamp_ns - frames[0].stamp_ns == pytest.approx(1e9 / 6, abs=1)
    found = [[i.concept for i in t.instances] for t in truth]
    both = ['the red mug', 'a bowl']
    assert found == [both, both, ['a bowl'], both, both]
    assert np.array_equal(truth[3].instances[0].mask.decode(), miniatures.bar(12))
    assert '1 masklets of crowds are left out.' in sequence.notes
    assert '1 masklets of phrases that are not asked are left out.' in sequence.notes


def test_folder_is_searched_for_the_file(tmp_path):
    miniatures.veval(tmp_path)
    assert len(open_sequences(tmp_path)) == 1


def test_missing_pictures_are_left_out_and_counted(tmp_path):
    path = miniatures.veval(tmp_path)
    (tmp_path / 'media/saco_sav/JPEGImages_24fps/sav_000208/00004.jpg').unlink()
    (sequence,) = open_sequences(path)
    truth = list(sequence.truth())
    assert [t.instances[-1].mask.x for t in truth] == [0, 8, 12, 16]
    assert any('1 of 5 pictures are missing' in note for note in sequence.notes)


def test_pictures_elsewhere_are_named_by_the_user(tmp_path):
    path = miniatures.veval(tmp_path / 'a')
    (tmp_path / 'a/media/saco_sav').rename(tmp_path / 'elsewhere')
    with pytest.raises(SequenceError, match=r'sav_000208/00000\.jpg.*not found'):
        open_sequences(path)
    options = TruthOptions(media=tmp_path / 'elsewhere/JPEGImages_24fps')
    (sequence,) = open_sequences(path, options=options)
    assert len(list(sequence.frames())) == 5


def test_masklet_of_another_length_is_refused(tmp_path):
    path = miniatures.veval(tmp_path)
    about = json.loads(path.read_text())
    about['annotations'][1]['segmentations'].pop()
    path.write_text(json.dumps(about))
    with pytest.raises(SequenceError, match='sav_000208: Annotation 12 has 4 masks for 5'):
        open_sequences(path)


@pytest.mark.parametrize(
    'change',
    [
        lambda about: about['video_np_pairs'][0].pop('video_id'),
        lambda about: about['annotations'].insert(0, 7),
        lambda about: about['videos'].__setitem__(0, None),
    ],
)
def test_file_that_lacks_a_field_is_refused_in_one_sentence(tmp_path, change):
    path = miniatures.veval(tmp_path)
    about = json.loads(path.read_text())
    change(about)
    path.write_text(json.dumps(about))
    with pytest.raises(SequenceError, match='is damaged'):
        open_sequences(path)
