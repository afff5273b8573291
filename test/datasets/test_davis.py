"""Palettised masks: the value is the object, the palette means nothing."""

import pickle

import cv2
import miniatures
import numpy as np
import pytest

from efficientsam3_ros.datasets import SequenceError, TruthKind, open_sequences
from efficientsam3_ros.datasets.pictures import PictureFiles


def test_root_means_the_val_split_and_a_list_chooses(tmp_path):
    root = miniatures.davis(tmp_path)
    assert [s.name for s in open_sequences(root)] == ['bear']
    assert [s.name for s in open_sequences(root / 'ImageSets/2017/train.txt')] == ['cow']


def test_frames_and_objects_are_aligned(tmp_path):
    (sequence,) = open_sequences(miniatures.davis(tmp_path))
    assert (sequence.source, sequence.truth_kind) == ('davis', TruthKind.OBJECTS)
    assert sequence.concepts == ()
    frames, truth = list(sequence.frames()), list(sequence.truth())
    assert [miniatures.number_of(f.rgb) for f in frames] == list(range(6))
    assert [f.stamp_ns for f in frames] == [t.stamp_ns for t in truth]
    assert frames[1].stamp_ns - frames[0].stamp_ns == pytest.approx(1e9 / 24, abs=1)
    assert frames[0].stamp_ns > 0
    assert [[i.track_id for i in t.instances] for t in truth] == [[1, 2]] * 3 + [[1]] + [
        [1, 2],
        [1, 2],
    ]
    assert [t.instances[0].mask.x for t in truth] == list(range(6))
    assert np.array_equal(truth[5].instances[1].mask.decode(), miniatures.bar(5, row=12))
    assert truth[0].instances[1].concept == 'object 2'
    assert sequence.notes == ()


def test_mose_valid_is_annotated_in_its_first_picture_only(tmp_path):
    (sequence,) = open_sequences(miniatures.mose(tmp_path))
    assert (sequence.source, sequence.name) == ('mose', '0a1b')
    assert len(list(sequence.frames())) == 6
    truth = list(sequence.truth())
    assert [i.track_id for i in truth[0].instances] == [1, 2]
    assert truth[1:] == [None] * 5
    assert '1 of 6 pictures are annotated.' in sequence.notes


def test_several_splits_are_not_guessed(tmp_path):
    miniatures.mose(tmp_path)
    miniatures.mose(tmp_path, split='train', annotated=6)
    with pytest.raises(SequenceError, match='valid, train; give the one'):
        open_sequences(tmp_path)
    (sequence,) = open_sequences(tmp_path / 'train')
    assert None not in list(sequence.truth())


def test_number_comes_from_the_name_not_from_the_place(tmp_path):
    for n in (5, 10, 15):
        miniatures.jpeg(tmp_path / f'JPEGImages/v/{n:08d}.jpg', n)
    miniatures.png(tmp_path / 'Annotations/v/00000010.png', miniatures.two_objects(10))
    miniatures.png(tmp_path / 'Annotations/v/00000012.png', miniatures.two_objects(12))
    (sequence,) = open_sequences(tmp_path)
    truth = list(sequence.truth())
    assert (truth[0], truth[2]) == (None, None)
    assert truth[1].instances[0].mask.x == 10
    assert any('1 masks have no picture' in note for note in sequence.notes)


def test_damaged_picture_and_masks_are_counted(tmp_path):
    miniatures.davis(tmp_path)
    images, masks = tmp_path / 'JPEGImages/480p/bear', tmp_path / 'Annotations/480p/bear'
    (images / '00002.jpg').write_bytes(b'cut off')
    miniatures.png(masks / '00004.png', miniatures.two_objects(4)[:, :20])
    (masks / '00005.png').write_bytes(b'\x89PNG')
    (sequence,) = open_sequences(tmp_path)
    truth = list(sequence.truth())
    assert [None if t is None else t.instances[0].mask.x for t in truth] == [0, 1, 3, None, None]
    assert [miniatures.number_of(f.rgb) for f in sequence.frames()] == [0, 1, 3, 4, 5]
    assert any('1 of 6 pictures are damaged' in note for note in sequence.notes)
    assert any('20x24, its picture 40x24' in note for note in sequence.notes)
    assert any('00005.png is no PNG' in note for note in sequence.notes)


def test_nothing_readable_is_an_error_with_a_file(tmp_path):
    miniatures.davis(tmp_path)
    for path in (tmp_path / 'JPEGImages/480p/bear').iterdir():
        path.write_bytes(b'')
    (sequence,) = open_sequences(tmp_path)
    with pytest.raises(SequenceError, match=r'bear.*00000\.jpg'):
        list(sequence.frames())


def test_video_that_cannot_be_read_does_not_end_the_data_set(tmp_path):
    miniatures.davis(tmp_path)
    (tmp_path / 'ImageSets/2017/val.txt').write_text('bear\nempty\nghost\n')
    for kind in ('JPEGImages', 'Annotations'):
        (tmp_path / kind / '480p/empty').mkdir()
    bear, empty, ghost = open_sequences(tmp_path)
    assert len(list(bear.frames())) == 6
    for sequence, reason in ((empty, 'holds no picture'), (ghost, 'ghost is missing')):
        with pytest.raises(SequenceError, match=reason):
            sequence.frames()
    (tmp_path / 'ImageSets/2017/val.txt').unlink()
    (tmp_path / 'Annotations/480p/alone').mkdir()
    assert [s.name for s in open_sequences(tmp_path)] == ['alone', 'bear', 'cow', 'empty']
    (tmp_path / 'ImageSets/2017/val.txt').write_text('empty\n')
    with pytest.raises(SequenceError, match='holds no picture'):
        open_sequences(tmp_path)


def test_pictures_are_read_one_by_one_and_the_sequence_can_be_sent(tmp_path, monkeypatch):
    (sequence,) = open_sequences(miniatures.davis(tmp_path))
    copy = pickle.loads(pickle.dumps(sequence))
    taken = []
    read = PictureFiles.read

    def counted(self):
        for picture in read(self):
            taken.append(picture.number)
            yield picture

    monkeypatch.setattr(PictureFiles, 'read', counted)
    next(copy.frames())
    assert taken == [0]


def test_digest_tells_other_masks_apart(tmp_path):
    (first,) = open_sequences(miniatures.davis(tmp_path / 'a'))
    (again,) = open_sequences(miniatures.davis(tmp_path / 'b'))
    miniatures.davis(tmp_path / 'c')
    miniatures.png(tmp_path / 'c/Annotations/480p/bear/00003.png', miniatures.two_objects(4))
    (other,) = open_sequences(tmp_path / 'c')
    assert first.digest == again.digest != other.digest


def masks_of(tmp_path, *images):
    """Return the areas of the objects of a video by frame, its masks being these pictures."""
    for n, image in enumerate(images):
        miniatures.jpeg(tmp_path / f'JPEGImages/v/{n:05d}.jpg', n)
        path = tmp_path / f'Annotations/v/{n:05d}.png'
        path.parent.mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(path), image)
    (sequence,) = open_sequences(tmp_path)
    found = [t and {i.track_id: i.area for i in t.instances} for t in sequence.truth()]
    return found, ' '.join(sequence.notes)


@pytest.mark.parametrize('value', [(0, 0, 128), (255, 255, 255), 255])
def test_one_object_may_be_stored_in_any_color(tmp_path, value):
    colored = np.ndim(value) > 0
    empty = np.zeros((24, 40, 3) if colored else (24, 40), np.uint8)
    image = empty.copy()
    image[3:7, 5:15] = value
    assert masks_of(tmp_path, image, empty, image) == ([{1: 40}, {}, {1: 40}], '')


def test_colors_of_several_objects_are_not_guessed(tmp_path):
    one, other = np.zeros((2, 24, 40, 3), np.uint8)
    one[3:7, 5:15], other[3:7, 5:15] = (0, 0, 128), (0, 128, 0)
    found, notes = masks_of(tmp_path, one, other)
    assert found == [None, None]
    assert 'stored in colours' in notes


def test_open_pixels_beside_objects_are_no_object(tmp_path):
    ids = np.zeros((24, 40), np.uint8)
    ids[3:7, 5:15], ids[10:12] = 2, 255
    only_open = np.where(ids == 255, ids, 0).astype(np.uint8)
    assert masks_of(tmp_path, ids, only_open)[0] == [{2: 40}, {}]
