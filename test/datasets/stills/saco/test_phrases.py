"""SA-Co Gold and Silver: phrases with their absence, and annotators who disagree."""

import pickle

from miniatures import bar, number_of
import numpy as np
import phrase_files
import pytest
from sa1b_files import edit

from efficientsam3_ros.datasets import SequenceError, open_sequences
from efficientsam3_ros.datasets.stills.find import find_stills
from efficientsam3_ros.datasets.stills.saco.phrases import SacoPhrases


def gold_file(root, letter='a'):
    return root / phrase_files.GOLD.format(letter)


def said(result):
    return [(i.concept, i.mask.x) for i in result.instances]


def test_a_picture_comes_once_with_all_its_phrases(tmp_path):
    pictures = pickle.loads(pickle.dumps(find_stills(phrase_files.gold(tmp_path))))
    assert isinstance(pictures, SacoPhrases) and pictures.source == 'saco'
    mug, several, alone = pictures
    assert [p.name for p in pictures] == ['0', '1-10000002', '1-10000005']
    assert [number_of(p.frame.rgb) for p in (mug, several, alone)] == [0, 1, 2]
    assert mug.nouns == ('a red mug', 'unicorn')
    assert said(mug.truth) == [('a red mug', 0), ('a red mug', 20)]
    assert np.array_equal(mug.truth.instances[0].mask.decode(), bar(0))
    assert (alone.nouns, alone.truth.instances) == (('bowl',), ())
    assert pictures.stills[1].pairs == {'bowl': 10000002, 'spoon': 10000003, 'fork': 10000004}
    assert pictures.categories == ('a red mug', 'unicorn', 'bowl', 'spoon', 'fork')


def test_each_annotator_has_an_opinion_and_all_must_be_exhaustive(tmp_path):
    root = phrase_files.gold(tmp_path)
    _, several, _ = find_stills(gold_file(root, 'b'))
    assert several.nouns == ('bowl', 'spoon')
    assert [opinion.annotator for opinion in several.opinions] == ['b', 'c']
    assert said(several.truth) == [('bowl', 5), ('spoon', 9)]
    assert [said(opinion.truth) for opinion in several.opinions] == [[('bowl', 6)], [('bowl', 7)]]
    assert 'not all annotators' in find_stills(root).notes[0]


def test_silver_has_one_annotator_crowds_and_colons_in_names(tmp_path):
    (picture,) = find_stills(phrase_files.silver(tmp_path))
    assert picture.name == '2023-04-05_10:11:12'
    assert said(picture.truth) == [('cable', 20)]
    (crowd,) = picture.crowd
    assert (crowd.track_id, crowd.mask.x) == (2, 2)
    assert picture.opinions == ()


def test_evaluate_asks_for_absent_phrases(tmp_path):
    mug, _, _ = open_sequences(phrase_files.gold(tmp_path))
    assert mug.concepts == ('a red mug', 'unicorn')
    (truth,) = mug.truth()
    assert len(truth.instances) == 2


def test_a_box_without_a_mask_is_not_taken_as_absence(tmp_path):
    root = phrase_files.gold(tmp_path)
    edit(gold_file(root), lambda d: d['annotations'][2].update(segmentation=None))
    pictures = find_stills(root)
    assert pictures.stills[1].nouns == ('spoon',)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda d: d['images'][0].pop('text_input'), 'is no file of SA-Co Gold or Silver'),
        (lambda d: d['images'][1].update(text_input=' '), 'text_input of pair 10000001 is empty'),
        (lambda d: d['images'][1].update(text_input='x'), 'does not ask what .* pair 10000001'),
        (lambda d: d['images'].pop(), 'does not ask what .*take all annotators of one release'),
        (lambda d: d['images'][1].pop('height'), "'height' is missing; copy it again"),
        (lambda d: d['images'][1].update(id=10000000), 'holds the pair 10000000 twice'),
        (lambda d: d['annotations'][0].update(image_id=5), 'annotation 1 belongs to no pair'),
        (lambda d: d['annotations'].append(7), 'is damaged'),
    ],
)
def test_damaged_files_are_refused(tmp_path, change, message):
    root = phrase_files.gold(tmp_path)
    edit(gold_file(root, 'b'), change)
    with pytest.raises(SequenceError, match=message):
        SacoPhrases(root / 'images', gold_file(root))


def test_pictures_outside_of_the_folder_are_not_read(tmp_path):
    root = phrase_files.silver(tmp_path)
    path = root / 'silver_droid_merged_test.json'
    edit(path, lambda d: d['images'][0].update(file_name='../secret.jpg'))
    with pytest.raises(SequenceError, match='outside of the folder'):
        find_stills(root)


def test_a_picture_of_another_size_costs_only_itself(tmp_path):
    root = phrase_files.gold(tmp_path)
    (root / 'images/0.jpg').unlink()
    for letter in 'abc':
        edit(gold_file(root, letter), lambda d: d['images'][5].update(width=30))
    pictures = find_stills(root)
    assert [p.name for p in pictures] == ['1-10000002']
    assert 'its annotation says 30x24' in ' '.join(pictures.notes)
    assert '0.jpg is missing' in ' '.join(pictures.notes)
