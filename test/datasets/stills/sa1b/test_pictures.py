"""SA-1B: masks in masks, from files and from tars, and what is refused."""

import pickle
import shutil
import tarfile

from miniatures import HEIGHT, WIDTH, number_of
import numpy as np
import pytest
import sa1b_files

from efficientsam3_ros.datasets import SequenceError, open_sequences
from efficientsam3_ros.datasets.stills.find import find_stills
from efficientsam3_ros.datasets.stills.labeled_frame import UNNAMED
from efficientsam3_ros.datasets.stills.sa1b.mask_filter import MaskFilter
from efficientsam3_ros.datasets.stills.sa1b.pictures import Sa1bPictures


def as_files(folder):
    return sa1b_files.sa1b(folder / 'data')


def as_split(folder):
    sa1b_files.sa1b(folder / 'flat')
    for kind, suffix in (('images', 'jpg'), ('annotations', 'json')):
        (folder / 'data' / kind / 'train').mkdir(parents=True)
        for path in (folder / 'flat').glob(f'*.{suffix}'):
            path.rename(folder / 'data' / kind / 'train' / path.name)
    return folder / 'data'


def as_tar(folder):
    return sa1b_files.packed(sa1b_files.sa1b(folder / 'flat'), folder / 'sa_000020.tar')


def as_folder_of_tars(folder):
    return as_tar(folder).parent


@pytest.mark.parametrize('layout', [as_files, as_split, as_tar, as_folder_of_tars])
def test_every_layout_gives_the_same_samples(tmp_path, layout):
    root = layout(tmp_path)
    if layout is not as_files:
        shutil.rmtree(tmp_path / 'flat')
    pictures = pickle.loads(pickle.dumps(find_stills(root)))
    assert isinstance(pictures, Sa1bPictures) and pictures.source == 'sa1b'
    first, second = pictures
    assert [first.name, second.name] == ['sa_2', 'sa_10']
    assert [number_of(p.frame.rgb) for p in (first, second)] == [2, 10]
    part, whole = first.truth.instances
    assert [part.track_id, whole.track_id, part.concept] == [1, 3, UNNAMED]
    assert np.array_equal(part.mask.decode(), sa1b_files.inner(2))
    assert np.array_equal(whole.mask.decode(), sa1b_files.outer(2))
    assert (part.mask.decode() & whole.mask.decode()).sum() == part.area
    assert first.nouns == pictures.categories == ()
    origin = first.origins[3]
    assert (origin.predicted_iou, origin.stability) == (1.01, 0.95)
    assert origin.points == ((3.5, 6.5),)
    assert origin.crop == (0, 0, WIDTH, HEIGHT)
    assert set(first.origins) == {1, 3}


@pytest.mark.parametrize(
    ('masks', 'ids'),
    [
        (MaskFilter(predicted_iou=0.95), [3]),
        (MaskFilter(stability=0.96), [1]),
        (MaskFilter(largest=0.1), [1]),
        (MaskFilter(most=1), [3]),
        (MaskFilter(most=2), [1, 3]),
    ],
)
def test_masks_are_chosen_by_what_stands_beside_them(tmp_path, masks, ids):
    first, _ = Sa1bPictures(as_files(tmp_path), masks)
    assert [item.track_id for item in first.truth.instances] == ids


def test_what_is_left_out_is_not_decoded(tmp_path):
    root = as_files(tmp_path)
    path = root / 'sa_2.json'
    sa1b_files.edit(path, lambda d: d['annotations'][2]['segmentation'].update(counts='!'))
    small = Sa1bPictures(root, MaskFilter(largest=0.1)).stills[0].read()
    assert [item.track_id for item in small.truth.instances] == [1]
    with pytest.raises(SequenceError, match=r'sa_2\.json, mask 3: The run lengths do not fill'):
        Sa1bPictures(root).stills[0].read()


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda d: d.pop('image'), r"sa_2\.json is no file of SA-1B.*'image' is missing; copy"),
        (
            lambda d: d['image'].update(width=7),
            r'sa_2\.jpg is 40x24, sa_2.json says 7x24',
        ),
        (lambda d: d['annotations'][0].pop('area'), "'area' is missing"),
        (lambda d: d['annotations'][0].update(area=-1), r'area is -1; it must lie'),
        (lambda d: d['annotations'][0].update(crop_box=[1, 2]), 'crop_box is .* 4 finite numbers'),
        (lambda d: d['annotations'][0].update(point_coords=3), 'point_coords is 3'),
        (lambda d: d['annotations'][0].update(predicted_iou=float('nan')), 'predicted_iou is'),
        (lambda d: d['annotations'].insert(0, 7), r'sa_2\.json is no file of SA-1B'),
        (
            lambda d: d['annotations'][0]['segmentation'].update(size=[WIDTH, HEIGHT]),
            'mask 1: A mask of 24x40 belongs to no 40x24 image',
        ),
    ],
)
def test_damaged_annotations_are_refused_and_cost_only_their_picture(tmp_path, change, message):
    root = as_files(tmp_path)
    sa1b_files.edit(root / 'sa_2.json', change)
    pictures = Sa1bPictures(root)
    with pytest.raises(SequenceError, match=message):
        pictures.stills[0].read()
    assert [p.name for p in pictures] == ['sa_10']
    assert '1 of 2 pictures are left out.' in pictures.notes


def test_a_cut_tar_is_refused_even_between_two_files(tmp_path):
    tar = as_tar(tmp_path)
    whole = tar.read_bytes()
    with tarfile.open(tar) as archive:
        last = archive.getmembers()[-1]
    for end in (last.offset_data + last.size // 2, last.offset, 700, 0):
        tar.write_bytes(whole[:end])
        with pytest.raises(SequenceError, match=r'sa_000020\.tar is cut off, or no plain tar'):
            Sa1bPictures(tar)
    with tarfile.open(tar, 'w:gz') as archive:
        archive.add(tmp_path / 'flat', 'x')
    with pytest.raises(SequenceError, match='unpack it first if it is compressed'):
        Sa1bPictures(tar)


def test_a_tar_that_shrinks_later_is_a_sentence(tmp_path):
    tar = as_tar(tmp_path)
    pictures = Sa1bPictures(tar)
    tar.write_bytes(tar.read_bytes()[:600])
    with pytest.raises(SequenceError, match=r'sa_000020\.tar ends within sa_000020/sa_'):
        pictures.stills[1].read()


def test_several_splits_and_a_lone_file_are_said(tmp_path):
    root = as_split(tmp_path)
    (root / 'images/train/sa_2.jpg').rename(root / 'images/sa_2.jpg')
    pictures = Sa1bPictures(root)
    assert [s.name for s in pictures.stills] == ['sa_10']
    assert pictures.notes == ('1 files lack their picture or their annotations.',)
    (root / 'images/val').mkdir()
    with pytest.raises(SequenceError, match='images holds train, val; name the split'):
        Sa1bPictures(root)
    with pytest.raises(SequenceError, match=r'holds no sa_1\.jpg with its sa_1\.json'):
        Sa1bPictures(root, split='val')


def test_digest_tells_content_apart_also_in_tars(tmp_path):
    before = Sa1bPictures(as_tar(tmp_path)).digest
    assert before == Sa1bPictures(as_tar(tmp_path)).digest
    sa1b_files.edit(tmp_path / 'flat/sa_2.json', lambda d: d['annotations'].pop())
    sa1b_files.packed(tmp_path / 'flat', tmp_path / 'sa_000020.tar')
    assert Sa1bPictures(tmp_path / 'sa_000020.tar').digest != before


def test_evaluate_says_that_nothing_is_named(tmp_path):
    with pytest.raises(SequenceError, match=r'masks without names.*no concept can be asked'):
        open_sequences(as_files(tmp_path))
