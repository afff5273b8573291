"""YouTube-VOS and LVOS: what they tell of their objects, and how their pictures are numbered."""

from meta_files import lvos, youtube_vos
from miniatures import number_of, png
import numpy as np
import pytest
from sa1b_files import edit

from efficientsam3_ros.datasets import SequenceError, open_sequences


def test_youtube_vos_has_every_fifth_picture_and_late_objects(tmp_path):
    (sequence,) = open_sequences(youtube_vos(tmp_path))
    assert (sequence.source, sequence.name) == ('youtube_vos', '0a1b')
    frames, truth = list(sequence.frames()), list(sequence.truth())
    assert [number_of(f.rgb) for f in frames] == [0, 5, 10, 15, 20, 25]
    assert frames[1].stamp_ns - frames[0].stamp_ns == pytest.approx(1e9 / 6, abs=1)
    ids = [[i.track_id for i in t.instances] for t in truth]
    assert ids == [[1], [1], [1], [1, 2], [1, 2], [1, 2]]
    assert sequence.categories == {1: 'giant panda', 2: 'dog'}
    assert sequence.notes == ()


def test_lvos_begins_at_one_with_eight_digits(tmp_path):
    (sequence,) = open_sequences(lvos(tmp_path))
    assert (sequence.source, sequence.expected_frames) == ('lvos', 6)
    frames, truth = list(sequence.frames()), list(sequence.truth())
    assert [number_of(f.rgb) for f in frames] == [1, 2, 3, 4, 5, 6]
    assert [t.instances[0].mask.x for t in truth] == [1, 2, 3, 4, 5, 6]
    assert sequence.categories == {}


def test_a_mask_of_an_unknown_object_is_not_used(tmp_path):
    youtube_vos(tmp_path)
    ids = np.full((24, 40), 3, np.uint8)
    ids[:5] = 1
    png(tmp_path / 'train/Annotations/0a1b/00010.png', ids)
    (sequence,) = open_sequences(tmp_path)
    assert list(sequence.truth())[2] is None
    assert '00010.png shows object 3, meta.json knows 1, 2; take both' in ' '.join(sequence.notes)


def objects(data):
    return next(iter(data['videos'].values()))['objects']


@pytest.mark.parametrize(
    ('make', 'file', 'change', 'message'),
    [
        (youtube_vos, 'train/meta.json', lambda d: d.pop('videos'), 'tells of no "videos"'),
        (youtube_vos, 'train/meta.json', lambda d: objects(d)['1'].pop('frames'), "'frames' is m"),
        (youtube_vos, 'train/meta.json', lambda d: objects(d)['1'].update(category=3), 'no text'),
        (youtube_vos, 'train/meta.json', lambda d: objects(d).update(x={}), 'An object id is'),
        (youtube_vos, 'train/meta.json', lambda d: objects(d)['2'].update(frames=[]), 'on no fr'),
        (lvos, 'val_meta.json', lambda d: objects(d)['1']['frame_range'].pop('end'), "'end' is m"),
        (lvos, 'val_meta.json', lambda d: objects(d)['1'].pop('frame_range'), "'frames' is m"),
        (lvos, 'val_meta.json', lambda d: objects(d).update({'3': 7}), 'is damaged at video'),
        (
            lvos,
            'val_meta.json',
            lambda d: objects(d)['2']['frame_range'].update(start=9),
            "video 'vid': An object is on frames 9 to 6; take it from the data set again",
        ),
    ],
)
def test_a_damaged_file_is_refused_in_a_sentence(tmp_path, make, file, change, message):
    make(tmp_path)
    edit(tmp_path / file, change)
    with pytest.raises(SequenceError, match=message):
        open_sequences(tmp_path)


def test_a_video_of_which_nothing_is_told_is_read_and_noted(tmp_path):
    youtube_vos(tmp_path)
    for kind in ('JPEGImages', 'Annotations'):
        (tmp_path / 'train' / kind / '0a1b').rename(tmp_path / 'train' / kind / 'new')
    (sequence,) = open_sequences(tmp_path)
    assert len(list(sequence.truth())) == 6
    assert 'meta.json does not tell of this video.' in sequence.notes
