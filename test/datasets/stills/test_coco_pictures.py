"""Folders in COCO's form: masks of every kind, crowds, and what is left out by name."""

import json
import pickle

from miniatures import HEIGHT, WIDTH, bar, number_of
import numpy as np
import pytest
import still_files

from efficientsam3_ros.datasets import SequenceError, TruthKind, open_sequences
from efficientsam3_ros.datasets.stills.as_sequence import as_sequence
from efficientsam3_ros.datasets.stills.coco import CocoPictures


def opened(root):
    return CocoPictures(root / 'images', root / 'instances_val.json')


def test_instances_of_every_kind_and_crowds(tmp_path):
    pictures = opened(still_files.coco(tmp_path))
    first, second, third = pictures
    assert [len(pictures), pictures.source, pictures.name] == [3, 'coco', 'instances_val']
    assert [p.name for p in (first, second, third)] == ['0000', '0001', '0002']
    assert first.nouns == pictures.categories == ('cup', 'wine glass')
    assert [(i.track_id, i.concept) for i in first.truth.instances] == [
        (1, 'cup'),
        (2, 'wine glass'),
    ]
    cup, glass = (i.mask.decode() for i in first.truth.instances)
    assert np.array_equal(cup, bar(2))
    # Corners lie between pixels.
    assert glass.sum() == 24 and glass[10:14, 4:10].all()
    (crowd,) = first.crowd
    assert (crowd.track_id, crowd.concept, crowd.mask.box_xyxy) == (3, 'cup', (4, 0, 5, HEIGHT))
    assert [i.concept for i in second.truth.instances] == ['wine glass']
    assert third.truth.instances == () and third.crowd == ()
    assert [number_of(p.frame.rgb) for p in (first, second, third)] == [0, 1, 2]
    assert first.unlabeled is first.depth is first.intrinsics is None
    assert pictures.notes == ()
    assert [p.name for p in pictures] == ['0000', '0001', '0002']


def test_what_cannot_be_read_is_left_out_noted_and_counted(tmp_path):
    root = still_files.coco(tmp_path)
    (root / 'images/0000.jpg').unlink()
    (root / 'images/0002.jpg').write_bytes(b'no picture')
    pictures = opened(root)
    assert [p.name for p in pictures] == ['0001']
    notes = ' '.join(pictures.notes)
    assert '2 of 3 pictures are left out' in notes
    assert '0000.jpg is missing' in notes and '0002.jpg cannot be decoded' in notes
    (root / 'images/0001.jpg').unlink()
    with pytest.raises(SequenceError, match='Not one picture'):
        list(opened(root))


def wrong_mask(data):
    data['annotations'][4]['segmentation']['size'] = [WIDTH, HEIGHT]


def wrong_picture(data):
    data['images'][1]['width'] = 2 * WIDTH


def cut_mask(data):
    data['annotations'][4]['segmentation']['counts'] = '52'


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (wrong_mask, f'0001.jpg, wine glass.*{HEIGHT}x{WIDTH} belongs to no {WIDTH}x{HEIGHT}'),
        (wrong_picture, f'0001.jpg is {WIDTH}x{HEIGHT}, its annotation says {2 * WIDTH}x{HEIGHT}'),
        (cut_mask, '0001.jpg, wine glass.*do not fill'),
    ],
)
def test_a_mask_of_another_size_is_named(tmp_path, change, message):
    root = still_files.coco(tmp_path)
    still_files.edit(root, change)
    pictures = opened(root)
    assert [p.name for p in pictures] == ['0000', '0002']
    with pytest.raises(SequenceError, match=message):
        pictures.stills[1].read()


def test_a_box_without_a_mask_takes_its_category_out_of_the_question(tmp_path):
    root = still_files.coco(tmp_path)
    still_files.edit(root, lambda data: data['annotations'][0].pop('segmentation'))
    pictures = opened(root)
    assert [p.nouns for p in pictures][:2] == [('wine glass',), ('cup', 'wine glass')]
    assert '1 annotations have a box' in pictures.notes[0]


def test_pictures_of_one_stem_are_told_apart(tmp_path):
    root = still_files.coco(tmp_path)
    (root / 'images/a').mkdir()
    (root / 'images/0001.jpg').rename(root / 'images/a/0000.jpg')
    still_files.edit(root, lambda data: data['images'][1].update(file_name='a/0000.jpg'))
    assert [p.name for p in opened(root)] == ['0000-10', '0000-11', '0002']


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda d: d.pop('categories'), 'needs the lists'),
        (lambda d: d['images'].clear(), 'names no picture'),
        (lambda d: d['images'][0].update(file_name='../x.jpg'), 'outside of the folder'),
        (lambda d: d['images'][0].update(file_name='x' * 300), 'too long for a file'),
        (lambda d: d['images'][0].update(id='x'), 'whole number'),
        (lambda d: d['images'][0].pop('file_name'), 'is damaged'),
        (lambda d: d['annotations'][0].update(category_id=9), 'does not name'),
        (lambda d: d['annotations'].append(7), 'is damaged'),
    ],
)
def test_damaged_annotations_are_refused(tmp_path, change, message):
    root = still_files.coco(tmp_path)
    still_files.edit(root, change)
    with pytest.raises(SequenceError, match=message):
        opened(root)
    (root / 'instances_val.json').write_text('{')
    with pytest.raises(SequenceError, match='cannot be read as JSON'):
        opened(root)


def test_digest_tells_content_apart(tmp_path):
    root = still_files.coco(tmp_path)
    before = opened(root).digest
    assert before == opened(root).digest
    still_files.edit(root, lambda data: data['annotations'][0].update(iscrowd=1))
    other = opened(root).digest
    (root / 'images/0001.jpg').write_bytes((root / 'images/0002.jpg').read_bytes())
    assert len({before, other, opened(root).digest}) == 3


def test_evaluate_sees_a_sequence_of_one_frame_each(tmp_path):
    root = still_files.coco(tmp_path)
    for path in (root, root / 'instances_val.json'):
        first, *_ = sequences = open_sequences(path)
        assert [s.name for s in sequences] == ['0000', '0001', '0002']
    assert (first.source, first.truth_kind) == ('still', TruthKind.CONCEPTS)
    assert first.concepts == ('cup', 'wine glass')
    copy = pickle.loads(pickle.dumps(first))
    (frame,), (truth,) = copy.frames(), copy.truth()
    assert frame.stamp_ns == truth.stamp_ns > 0
    assert [i.concept for i in truth.instances] == ['cup', 'wine glass']
    assert [silent.area for silent in copy.unlabeled()] == [0]
    assert copy.digest == first.digest != sequences[1].digest
    (root / 'instances_train.json').write_text(json.dumps({}))
    with pytest.raises(SequenceError, match=r'instances_train.json, instances_val.json; give'):
        open_sequences(root)


def test_a_sequence_asks_for_what_is_annotated_only(tmp_path):
    still = opened(still_files.coco(tmp_path)).stills[0]
    asked = as_sequence(still, ('wine glass',))
    (truth,) = asked.truth()
    assert [i.concept for i in truth.instances] == ['wine glass']
    with pytest.raises(SequenceError, match='not annotated for fork; ask for cup, wine glass'):
        as_sequence(still, ('cup', 'fork'))
