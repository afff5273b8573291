"""Suites of real pictures: which pictures, which questions, which truth."""

from __future__ import annotations

import pickle

import pytest

pytest.importorskip('pycocotools')

from real_folders import coco_folder, scene_folder

from efficientsam3_ros.datasets.real.asked import Asked
from efficientsam3_ros.datasets.real.picture_suite import Layout, PictureSuite
from efficientsam3_ros.datasets.real.suites import REAL_SUITES
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.rgbd import RgbdScenes

LEFT, RIGHT = (4, 6, 12, 10), (40, 20, 14, 12)
CATEGORIES = ('cup', 'fork', 'apple', 'dog')


def small_suite(**changes):
    layout = Layout('mosd', ('names.json',), 'scenes', RgbdScenes)
    concepts = Asked.of('box'), Asked.of('can'), Asked.of('mug')
    return PictureSuite('small', 'for a test', concepts, layout, every=1, **changes)


def by_name(suite, root):
    return {item.name: item for item in suite.open(root)}


def answers(picture):
    return [(item.concept, item.area) for item in picture.read().truth.instances]


def test_the_root_is_the_folder_or_the_pack(tmp_path):
    coco_folder(tmp_path / 'coco', CATEGORIES, {'one': [('cup', LEFT)]})
    suite = REAL_SUITES['real-coco']
    assert [p.digest for p in suite.open(tmp_path)] == [
        p.digest for p in suite.open(tmp_path / 'coco')
    ]


@pytest.mark.parametrize('name', ['real-tabletop', 'real-coco', 'real-tools'])
def test_another_folder_is_refused_with_layout_and_page(tmp_path, name):
    with pytest.raises(SequenceError, match=f'{name}.*json.*docs/real_data.md'):
        REAL_SUITES[name].open(tmp_path)


def test_synonyms_in_the_truth_answer_the_suites_word(tmp_path):
    scene_folder(tmp_path / 'a', {'s': [('tin', LEFT), ('cup', RIGHT)]})
    picture = by_name(small_suite(), tmp_path / 'a')['s']
    assert answers(picture) == [('can', 120), ('mug', 168)]
    # Nobody looked for boxes in a data set that names none.
    assert picture.concepts == ('can', 'mug')


def test_every_instance_answers_any_object_once_named_or_not(tmp_path):
    scene_folder(tmp_path / 'a', {'s': [('tin', LEFT), ('', RIGHT)], 't': [('box', LEFT)]})
    picture = by_name(small_suite(any_object='object'), tmp_path / 'a')['s']
    assert picture.concepts == ('box', 'can', 'object')
    assert answers(picture) == [('can', 120), ('object', 120), ('object', 168)]
    ids = [item.track_id for item in picture.read().truth.instances]
    assert len(set(ids)) == 3


def test_a_corrected_name_counts_and_is_part_of_the_digest(tmp_path):
    scene_folder(tmp_path / 'a', {'s': [('box', LEFT)], 't': [('box', RIGHT)]})
    corrected = small_suite(corrections={'s': {1: 'can'}})
    there = by_name(corrected, tmp_path / 'a')
    assert answers(there['s']) == [('can', 120)]
    assert answers(there['t']) == [('box', 168)]
    plain = by_name(small_suite(), tmp_path / 'a')
    assert plain['s'].digest != there['s'].digest and plain['t'].digest == there['t'].digest


def test_of_absent_concepts_only_annotated_ones_are_asked(tmp_path):
    coco_folder(tmp_path / 'c', CATEGORIES, {'one': [('cup', LEFT)], 'two': [('dog', LEFT)]})
    for picture in REAL_SUITES['real-coco'].open(tmp_path / 'c'):
        assert set(picture.concepts) <= {'cup', 'fork', 'apple'}
    suite = PictureSuite('all', '', (Asked.of('cup'), Asked.of('fork'), Asked.of('vase')),
                         REAL_SUITES['real-coco'].layout, every=1)  # fmt: skip
    two = by_name(suite, tmp_path / 'c')['two']
    assert two.concepts == ('cup', 'fork') and answers(two) == []


def test_a_concept_that_is_there_as_a_crowd_alone_is_not_asked(tmp_path):
    things = {'one': [('cup', LEFT)], 'two': [('cup', LEFT)]}
    crowds = {'one': [('apple', RIGHT)], 'two': [('cup', RIGHT)]}
    coco_folder(tmp_path / 'c', CATEGORIES, things, crowds=crowds)
    suite = PictureSuite('all', '', (Asked.of('cup'), Asked.of('apple')),
                         REAL_SUITES['real-coco'].layout, every=1)  # fmt: skip
    one, two = suite.open(tmp_path / 'c')
    assert one.concepts == ('cup',) and two.concepts == ('cup', 'apple')
    assert one.read().crowd == () and [c.concept for c in two.read().crowd] == ['cup']


def test_pictures_can_be_sent_to_another_process(tmp_path):
    coco_folder(tmp_path / 'c', CATEGORIES, {'one': [('cup', LEFT)]})
    (picture,) = REAL_SUITES['real-coco'].open(tmp_path / 'c')
    again = pickle.loads(pickle.dumps(picture))
    assert (again.digest, again.concepts) == (picture.digest, picture.concepts)
