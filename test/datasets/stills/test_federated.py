"""LVIS: what nobody looked for is neither present nor absent."""

from miniatures import number_of
import phrase_files
import pytest
from sa1b_files import edit
import still_files

from efficientsam3_ros.datasets import SequenceError
from efficientsam3_ros.datasets.stills.find import find_stills


def test_only_what_was_searched_for_may_be_asked(tmp_path):
    pictures = find_stills(phrase_files.lvis(tmp_path))
    assert (pictures.source, pictures.name) == ('lvis', 'lvis_v1_val')
    assert pictures.categories == ('alarm clock', 'bow (weapon)', 'cup', 'teapot')
    first, second = pictures
    assert [i.concept for i in first.truth.instances] == ['alarm clock', 'cup']
    assert first.nouns == ('alarm clock', 'bow (weapon)')
    assert (second.nouns, second.truth.instances) == (('cup',), ())
    assert [number_of(p.frame.rgb) for p in (first, second)] == [7, 8]


def test_pictures_may_lie_in_one_folder(tmp_path):
    root = phrase_files.lvis(tmp_path)
    for path in sorted(root.rglob('*.jpg')):
        path.rename(root / 'images' / path.name)
    for folder in ('train2017', 'val2017'):
        (root / 'images' / folder).rmdir()
    assert len(list(find_stills(root))) == 2


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda d: d['images'][0].update(neg_category_ids=[1]), 'show no alarm clock, yet has a'),
        (lambda d: d['images'][0].update(neg_category_ids=[77]), 'hold 77, a category that the'),
        (lambda d: d['images'][1].pop('not_exhaustive_category_ids'), r'lvis_v1_val.*is damaged'),
        (lambda d: d['images'][0].update(neg_category_ids=['x']), 'must be a whole number'),
        (lambda d: d['images'][0].pop('coco_url'), r'lvis_v1_val.*is damaged.*coco_url'),
    ],
)
def test_damaged_lists_are_refused(tmp_path, change, message):
    root = phrase_files.lvis(tmp_path)
    edit(root / 'lvis_v1_val.json', change)
    with pytest.raises(SequenceError, match=message):
        find_stills(root)


def test_coco_itself_is_still_exhaustive_for_all_its_categories(tmp_path):
    pictures = find_stills(still_files.coco(tmp_path))
    assert pictures.source == 'coco'
    assert {still.nouns for still in pictures.stills} == {('cup', 'wine glass')}
