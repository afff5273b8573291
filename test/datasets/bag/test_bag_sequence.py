"""A bag gives its frames and truth, and tells what was put right."""

import json
import pickle
import shutil

from miniatures import to_coco
import numpy as np
import pytest
from recordings import (
    HEIGHT,
    IMAGE,
    STAMP,
    TRUTH,
    WIDTH,
    mask,
    number_of,
    picture,
    stamp,
    truth,
    write_image,
    write_recording,
)

from efficientsam3_ros.bags import BagError, BagTopics, BagWriter
from efficientsam3_ros.core import Rle
from efficientsam3_ros.datasets import (
    SequenceError,
    TruthKind,
    TruthOptions,
    open_sequences,
)
from efficientsam3_ros.datasets.bag.annotations import read_annotations


def one(path, topics=None, options=None):
    (sequence,) = open_sequences(path, topics, options)
    return sequence


def numbers(sequence) -> list[int]:
    return [number_of(frame.rgb) for frame in sequence.frames()]


def shows(sequence) -> list[int | None]:
    """Return the column at which the object's mask begins, less that of picture 0."""
    return [None if t is None else t.instances[0].mask.x - 2 for t in sequence.truth()]


def test_frames_truth_and_absent_concepts_come_from_the_bag(tmp_path):
    sequence = one(write_recording(tmp_path / 'run'))
    assert (sequence.name, sequence.source, sequence.expected_frames) == ('run', 'bag', 6)
    assert sequence.truth_kind is TruthKind.CONCEPTS
    assert sequence.concepts == ('red mug', 'blue bowl')
    frames, found = list(sequence.frames()), list(sequence.truth())
    assert [f.stamp_ns for f in frames] == [t.stamp_ns for t in found] == [*map(stamp, range(6))]
    assert found[3].instances[0].mask == Rle.encode(mask(3))
    assert found[3].instances[0].concept == 'red mug'
    assert sequence.notes == ()


def test_truth_may_be_taken_before_the_frames_and_again(tmp_path):
    sequence = one(write_recording(tmp_path / 'run.mcap'))
    assert shows(sequence) == shows(sequence) == list(range(6))
    assert numbers(sequence) == list(range(6))


def test_sequence_goes_to_another_process(tmp_path):
    sequence = pickle.loads(pickle.dumps(one(write_recording(tmp_path / 'run.mcap'))))
    assert numbers(sequence) == shows(sequence) == list(range(6))


def test_frames_are_read_one_by_one(tmp_path, monkeypatch):
    sequence = one(write_recording(tmp_path / 'run.mcap', order=range(20)))
    decoded = []
    from efficientsam3_ros.datasets.bag import bag_sequence

    read = bag_sequence.read_frame
    monkeypatch.setattr(bag_sequence, 'read_frame', lambda m: decoded.append(0) or read(m))
    frames = sequence.frames()
    next(frames), next(frames)
    assert len(decoded) == 2


def test_old_bag_without_stored_concepts_is_read_and_says_so(tmp_path):
    sequence = one(write_recording(tmp_path / 'run.mcap', concepts=()))
    assert sequence.concepts == ('red mug',)
    assert 'absent ones are unknown' in sequence.notes[0]
    named = one(tmp_path / 'run.mcap', options=TruthOptions(concepts=('green box',)))
    assert named.concepts == ('red mug', 'green box')


@pytest.mark.parametrize('storage', ['mcap', 'sqlite3'])
def test_unsorted_stamps_are_sorted_and_repeated_ones_left_out(tmp_path, storage):
    order = [0, 2, 1, 1, 3, 5, 4, 3]
    sequence = one(write_recording(tmp_path / 'run', order, storage))
    assert numbers(sequence) == shows(sequence) == list(range(6))
    assert any('2 messages were sorted' in note for note in sequence.notes)
    assert any('2 messages are left out' in note for note in sequence.notes)


def test_disorder_over_the_whole_bag_loses_nothing(tmp_path):
    order = [*range(25, 50), *range(25)]
    sequence = one(write_recording(tmp_path / 'run.mcap', order, with_truth=False))
    assert numbers(sequence) == list(range(50))


def test_bag_without_stamps_takes_the_times_of_reception(tmp_path):
    with BagWriter(tmp_path / 'run.mcap') as bag:
        for index in range(3):
            write_image(bag, index, 0, stamp(index))
    sequence = one(tmp_path / 'run.mcap')
    assert [f.stamp_ns for f in sequence.frames()] == [stamp(i) for i in range(3)]
    assert 'no stamps' in sequence.notes[0]


def test_truth_with_other_stamps_pairs_only_within_the_tolerance(tmp_path):
    path = write_recording(tmp_path / 'run.mcap', truth_shift=2_000_000)
    exact = one(path)
    assert shows(exact) == [None] * 6
    assert any('6 of 6 frames have no truth' in note for note in exact.notes)
    near = one(path, options=TruthOptions(tolerance_ns=5_000_000))
    found = list(near.truth())
    assert [t.stamp_ns for t in found] == [stamp(i) for i in range(6)]
    assert shows(near) == list(range(6))
    assert any('6 pairs differ' in note for note in near.notes)


def test_partly_annotated_bag_counts_what_does_not_pair(tmp_path):
    with BagWriter(tmp_path / 'run.mcap') as bag:
        for index in range(4):
            write_image(bag, index, stamp(index), stamp(index))
        for index in (1, 3, 9):
            bag.instances(TRUTH, truth(index, stamp(index)))
    sequence = one(tmp_path / 'run.mcap')
    assert shows(sequence) == [None, 1, None, 3]
    assert any('2 of 4 frames' in note for note in sequence.notes)
    assert any('1 entries of the truth have no frame' in note for note in sequence.notes)


def test_damaged_image_is_left_out_of_frames_and_truth_alike(tmp_path):
    with BagWriter(tmp_path / 'run.mcap') as bag:
        for index in range(4):
            message = bag._messages.image(
                picture(index), 'rgb8', bag._messages.header(stamp(index), 'camera')
            )
            if index == 2:
                message.height = HEIGHT * 2
            bag._write(IMAGE, 'sensor_msgs/msg/Image', stamp(index), message)
            bag.instances(TRUTH, truth(index, stamp(index)))
    sequence = one(tmp_path / 'run.mcap')
    assert shows(sequence) == numbers(sequence) == [0, 1, 3]
    assert any('1 images of' in note and 'truncated' in note for note in sequence.notes)


def test_bag_without_truth_is_a_sequence_of_frames(tmp_path):
    sequence = one(write_recording(tmp_path / 'run.mcap', with_truth=False))
    assert (sequence.truth_kind, sequence.concepts) == (TruthKind.NONE, ())
    assert list(sequence.truth()) == [None] * 6


def test_recorded_tracker_is_not_taken_for_the_truth(tmp_path):
    with BagWriter(tmp_path / 'run.mcap') as bag:
        write_image(bag, 0, STAMP, STAMP)
        bag.instances('/tracker/instances', truth(0, STAMP))
    assert one(tmp_path / 'run.mcap').truth_kind is TruthKind.NONE
    named = one(tmp_path / 'run.mcap', BagTopics(truth='/tracker/instances'))
    assert shows(named) == [0]


def test_missing_topics_are_named_with_those_that_are_there(tmp_path):
    path = write_recording(tmp_path / 'run.mcap')
    with pytest.raises(BagError, match=r'/left is not in the bag; it holds .*/camera/image_raw'):
        open_sequences(path, BagTopics(image='/left'))
    with pytest.raises(BagError, match=r'/gt is not in the bag'):
        open_sequences(path, BagTopics(truth='/gt'))
    with BagWriter(tmp_path / 'blind.mcap') as bag:
        bag.instances(TRUTH, truth(0, STAMP))
    with pytest.raises(BagError, match='no colour images'):
        open_sequences(tmp_path / 'blind.mcap')


def label_bag(path) -> None:
    with BagWriter(path) as bag:
        for index in range(3):
            write_image(bag, index, stamp(index), stamp(index))
            ids = np.zeros((HEIGHT, WIDTH), np.uint16)
            ids[mask(index)] = 300
            ids[20:23, 1:4] = 2
            ids[0, 0] = 9
            bag.image('/camera/ground_truth/labels', ids, '16UC1', stamp(index), 'camera')


def test_label_image_without_names_shows_objects(tmp_path):
    label_bag(tmp_path / 'run.mcap')
    sequence = one(tmp_path / 'run.mcap')
    assert (sequence.truth_kind, sequence.concepts) == (TruthKind.OBJECTS, ())
    found = list(sequence.truth())
    assert [(i.track_id, i.concept) for i in found[1].instances] == [
        (2, 'object 2'),
        (9, 'object 9'),
        (300, 'object 300'),
    ]
    assert found[1].instances[2].mask == Rle.encode(mask(1))


def test_label_image_with_names_beside_the_bag_answers_concepts(tmp_path):
    label_bag(tmp_path / 'run.mcap')
    names = {'300': ['mug', 'red mug'], '2': 'bowl', '5': 'fork'}
    (tmp_path / 'run.labels.json').write_text(json.dumps(names))
    sequence = one(tmp_path / 'run.mcap')
    assert sequence.truth_kind is TruthKind.CONCEPTS
    assert sequence.concepts == ('bowl', 'fork', 'mug', 'red mug')
    found = list(sequence.truth())[2]
    assert sorted(i.concept for i in found.instances) == ['bowl', 'mug', 'red mug']
    assert len({i.track_id for i in found.instances}) == 3
    assert any('without a concept' in note and '9' in note for note in sequence.notes)


def annotations(path, key, count=3):
    images = [{'id': i, key: stamp(i) if key == 'stamp_ns' else i} for i in range(count)]
    found = [
        {
            'id': i + 1,
            'image_id': i,
            'track_id': 4,
            'category_id': 1,
            'segmentation': to_coco(mask(i)),
        }
        for i in range(count - 1)
    ]
    categories = [{'id': 1, 'name': 'red  mug'}, {'id': 2, 'name': 'bowl'}]
    path.write_text(json.dumps({'images': images, 'annotations': found, 'categories': categories}))


@pytest.mark.parametrize('key', ['stamp_ns', 'frame_index'])
def test_annotation_file_beside_the_bag_is_the_truth(tmp_path, key):
    write_recording(tmp_path / 'run', with_truth=False, storage='sqlite3')
    annotations(tmp_path / 'run.truth.json', key)
    sequence = one(tmp_path / 'run')
    assert sequence.concepts == ('red mug', 'bowl')
    found = list(sequence.truth())
    assert found[1].instances[0].mask == Rle.encode(mask(1))
    assert found[2].instances == ()
    assert found[3:] == [None] * 3


def test_veval_file_of_one_video_serves_a_bag(tmp_path):
    path = write_recording(tmp_path / 'run.mcap', with_truth=True)
    masks = [to_coco(mask(i)) for i in range(5)] + [None]
    about = {
        'videos': [{'id': 3, 'video_name': 'run', 'length': 6, 'file_names': []}],
        'annotations': [{'id': 1, 'video_id': 3, 'noun_phrase': 'cup', 'segmentations': masks}],
        'video_np_pairs': [{'video_id': 3, 'noun_phrase': p} for p in ('cup', 'plate')],
    }
    (tmp_path / 'named.json').write_text(json.dumps(about))
    sequence = one(path, options=TruthOptions(annotations=tmp_path / 'named.json'))
    assert sequence.concepts == ('cup', 'plate')
    assert [len(t.instances) for t in sequence.truth()] == [1] * 5 + [0]


def test_masks_of_another_size_are_refused_and_counted(tmp_path):
    write_recording(tmp_path / 'run.mcap', with_truth=False)
    annotations(tmp_path / 'run.truth.json', 'frame_index')
    about = json.loads((tmp_path / 'run.truth.json').read_text())
    about['annotations'][0]['segmentation'] = to_coco(mask(0).T)
    (tmp_path / 'run.truth.json').write_text(json.dumps(about))
    sequence = one(tmp_path / 'run.mcap')
    found = list(sequence.truth())
    assert found[0] is None
    assert found[1].instances
    assert any('1 entries of the truth are not used' in note for note in sequence.notes)


@pytest.mark.parametrize(
    ('content', 'message'),
    [('{"images": [', 'JSON'), ('{"a": 1}', 'lacks'), ('{"images": [{"id": 1}]}', 'stamp_ns')],
)
def test_damaged_annotation_file_is_named(tmp_path, content, message):
    write_recording(tmp_path / 'run.mcap', with_truth=False)
    (tmp_path / 'run.truth.json').write_text(content)
    with pytest.raises(SequenceError, match=f'run.truth.json.*{message}'):
        open_sequences(tmp_path / 'run.mcap')


def test_digest_is_of_the_content_not_of_the_name(tmp_path):
    path = write_recording(tmp_path / 'run.mcap')
    shutil.copy(path, tmp_path / 'copy.mcap')
    other = write_recording(tmp_path / 'other.mcap', order=range(5))
    digests = [one(p).digest for p in (path, tmp_path / 'copy.mcap', other)]
    assert digests[0] == digests[1] != digests[2]
    assert len(digests[0]) == 64


def changed(tmp_path, change, encoding='utf-8'):
    """Return what the truth file's reader says after a change of its content."""
    annotations(tmp_path / 'a.json', 'frame_index')
    about = json.loads((tmp_path / 'a.json').read_text())
    change(about)
    (tmp_path / 'a.json').write_text(json.dumps(about), encoding=encoding)
    return read_annotations(tmp_path / 'a.json')


def test_truth_file_with_a_byte_order_mark_is_read(tmp_path):
    assert changed(tmp_path, lambda about: None, 'utf-8-sig').asked == ('red mug', 'bowl')


def set_item(*path):
    """Return a function that puts the last of these at the place that the others name."""

    def change(about):
        *outer, key, value = path
        for step in outer:
            about = about[step]
        about[key] = value

    return change


@pytest.mark.parametrize(
    ('path', 'words'),
    [
        (('annotations', 0, 'track_id', 1.5), 'track_id is 1.5; it must be a whole number'),
        (('annotations', 0, 'track_id', float('nan')), 'track_id is nan'),
        (('annotations', 0, 'track_id', None), 'track_id is None'),
        (('annotations', 0, 'track_id', True), 'track_id is True'),
        (('annotations', 0, 'track_id', 0), 'track_id is 0; it must lie from 1'),
        (('annotations', 0, 'track_id', 10**30), 'it must lie from 1'),
        (('images', 0, 'frame_index', -1), 'frame_index of image .* is -1'),
        (('images', 0, 'frame_index', float('inf')), 'frame_index of image .* is inf'),
        (('images', 1, 'id', 0), 'image ids repeat'),
        (('categories', 0, 'name', 7), 'lacks what a COCO'),
    ],
    ids=str,
)
def test_truth_file_with_a_wrong_value_is_refused_by_name(tmp_path, path, words):
    with pytest.raises(SequenceError, match=words):
        changed(tmp_path, set_item(*path))


def test_polygon_with_nan_costs_its_frame_only(tmp_path):
    write_recording(tmp_path / 'run.mcap', range(3), with_truth=False)
    annotations(tmp_path / 'run.truth.json', 'frame_index')
    about = json.loads((tmp_path / 'run.truth.json').read_text())
    about['annotations'][0]['segmentation'] = [[1, 1, float('nan'), 5, 5, 5]]
    (tmp_path / 'run.truth.json').write_text(json.dumps(about))
    sequence = one(tmp_path / 'run.mcap')
    assert [t is None for t in sequence.truth()] == [True, False, False]
    assert any('corner that is no number' in note for note in sequence.notes)


def test_length_beyond_all_videos_takes_no_memory(tmp_path):
    about = {
        'videos': [{'id': 1, 'video_name': 'v', 'file_names': [], 'length': 10**15}],
        'video_np_pairs': [],
        'annotations': [],
    }
    (tmp_path / 'a.json').write_text(json.dumps(about))
    with pytest.raises(SequenceError, match=r'length is 10+; it must lie'):
        read_annotations(tmp_path / 'a.json')
