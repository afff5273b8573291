"""Exports of labeling tools: where pictures lie, what is held out, what is refused."""

from __future__ import annotations

from own_export import run_lengths, some_pictures, write_json, write_pictures
import pytest

from efficientsam3_ros.datasets.sequence import SequenceError
from training.data.own.export import instances_of, open_export


def names(stills):
    return [still.name for still in stills]


def cvat(root):
    write_pictures(root / 'images', some_pictures(10))
    write_json(root / 'annotations' / 'instances_default.json', some_pictures(10))


def label_studio(root):
    write_pictures(root / 'images', some_pictures(10))
    write_json(root / 'result.json', some_pictures(10), 'images\\', run_lengths)


def label_studio_address(root):
    write_pictures(root / 'my table', some_pictures(10))
    write_json(root / 'result.json', some_pictures(10), '/data/local-files/?d=my%20table/')


@pytest.mark.parametrize('write', [cvat, label_studio, label_studio_address])
def test_without_a_split_every_fifth_picture_is_held_out(tmp_path, write):
    write(tmp_path)
    found = open_export(tmp_path)
    assert names(found.held_out) == ['p04', 'p09'] and len(found.train) == 8
    assert found.categories == ('bolt', 'nut') and not found.notes
    assert instances_of(found.train) == {'bolt': 8, 'nut': 4}
    assert found.train[0].read().truth.instances[0].area == 20 * 16


def test_folders_tell_the_split_and_names_may_repeat(tmp_path):
    """Roboflow: each folder holds pictures and a file, with a category of the project's name."""
    for folder, count in (('train', 6), ('valid', 2), ('test', 3)):
        write_pictures(tmp_path / folder, some_pictures(count))
        write_json(
            tmp_path / folder / '_annotations.coco.json',
            some_pictures(count),
            more_categories=('my-project',),
        )
    found = open_export(tmp_path)
    assert {still.image.parent.name for still in found.train} == {'train'}
    assert {still.image.parent.name for still in found.held_out} == {'valid'}
    assert (len(found.train), len(found.held_out)) == (6, 2)
    assert found.categories == found.train[0].nouns == ('bolt', 'nut')
    assert found.notes == ('3 pictures of the test part are not read; measure on them later.',)


def test_pictures_behind_a_link_are_found_and_a_circle_ends(tmp_path):
    root = tmp_path / 'export'
    write_json(root / 'result.json', some_pictures(10))
    write_pictures(tmp_path / 'elsewhere', some_pictures(10))
    (root / 'images').symlink_to(tmp_path / 'elsewhere')
    (tmp_path / 'elsewhere' / 'again').symlink_to(root)
    found = open_export(root)
    assert len(found.train) == 8 and not found.notes
    assert found.train[0].read().truth.instances[0].area == 20 * 16


def test_files_tell_the_split(tmp_path):
    write_pictures(tmp_path / 'images', some_pictures(9))
    write_json(tmp_path / 'instances_train2017.json', some_pictures(7))
    write_json(tmp_path / 'instances_val2017.json', some_pictures(2, first=7))
    found = open_export(tmp_path)
    assert names(found.held_out) == ['p07', 'p08'] and len(found.train) == 7


def test_variants_of_a_picture_stay_together(tmp_path):
    pictures = {
        f'{name}.rf.{variant}': things
        for name, things in some_pictures(10).items()
        for variant in 'ab'
    }
    write_pictures(tmp_path, pictures)
    write_json(tmp_path / 'a.json', pictures)
    back = open_export(tmp_path).held_out
    assert names(back) == [f'p{n}.rf.{v}' for n in ('04', '09') for v in 'ab']


def test_what_cannot_be_read_is_left_out_and_told(tmp_path):
    write_pictures(tmp_path, some_pictures(9))
    write_json(tmp_path / 'a.json', some_pictures(10))
    (tmp_path / 'p00.png').write_bytes(b'torn')
    (tmp_path / 'notes.json').write_text('no JSON')
    found = open_export(tmp_path)
    assert len(found.train) + len(found.held_out) == 8
    assert 'missing, as p09.png' in found.notes[0] and 'p00.png' in found.notes[1]


def boxes(root):
    write_pictures(root, some_pictures(10))
    write_json(root / 'a.json', some_pictures(10), masks=lambda *box: [])


def few(root):
    write_pictures(root, some_pictures(4))
    write_json(root / 'a.json', some_pictures(4))


def no_pictures(root):
    write_json(root / 'a.json', some_pictures(10))


def twice(root):
    few(root)
    write_json(root / 'b.json', some_pictures(4))


def damaged(root):
    (root / 'a.json').write_text('{')


@pytest.mark.parametrize(
    'write, message',
    [
        (boxes, 'no mask; label outlines'),
        (few, 'masks on 4 pictures to train on and 0 held out; label more'),
        (no_pictures, 'none of their pictures; put the pictures into the folder'),
        (twice, 'both label p00.png; keep one'),
        (damaged, 'cannot be read as JSON'),
        (lambda root: None, 'needs a JSON file'),
        (lambda root: root.rmdir(), 'is no folder'),
    ],
)
def test_what_cannot_be_trained_on_is_refused(tmp_path, write, message):
    write(tmp_path)
    with pytest.raises(SequenceError, match=message):
        open_export(tmp_path)
