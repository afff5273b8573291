"""SA-V val: every picture, a mask for every fourth, objects that overlap."""

import miniatures
import numpy as np
import pytest

from efficientsam3_ros.datasets import SequenceError, TruthKind, open_sequences


def test_truth_belongs_to_every_fourth_picture(tmp_path):
    (sequence,) = open_sequences(miniatures.sav_val(tmp_path))
    assert (sequence.source, sequence.truth_kind) == ('sav', TruthKind.OBJECTS)
    frames, truth = list(sequence.frames()), list(sequence.truth())
    assert len(frames) == len(truth) == 17
    annotated = {n: t for n, t in enumerate(truth) if t is not None}
    assert list(annotated) == [0, 4, 8, 12, 16]
    assert [miniatures.number_of(frames[n].rgb) for n in annotated] == list(annotated)
    ids = {n: [i.track_id for i in t.instances] for n, t in annotated.items()}
    assert ids == {0: [1, 2], 4: [1, 2], 8: [2], 12: [1], 16: [1, 2]}
    assert all(i.mask.x == n for n, t in annotated.items() for i in t.instances)
    first, second = (i.mask.decode() for i in truth[4].instances)
    assert np.array_equal(first, miniatures.bar(4))
    assert (first & second).any()
    assert any('1 masks are missing' in note for note in sequence.notes)


def test_a_mask_that_cannot_be_read_costs_its_picture_only(tmp_path):
    masks = miniatures.sav_val(tmp_path) / 'Annotations_6fps/sav_000007'
    (masks / '000/00004.png').write_bytes(b'cut')
    miniatures.png(masks / '001/00016.png', np.zeros((9, 9), np.uint8))
    (sequence,) = open_sequences(tmp_path)
    annotated = [n for n, t in enumerate(sequence.truth()) if t is not None]
    assert annotated == [0, 8, 12]
    notes = ' '.join(sequence.notes)
    assert '00004.png is no PNG' in notes and '00016.png is 9x9, its picture 40x24' in notes


def name_object(root):
    (root / 'Annotations_6fps/sav_000007/001').rename(root / 'Annotations_6fps/sav_000007/cup')


def list_another(root):
    (root / 'sav_val.txt').write_text('sav_000008\n')


def no_masks(root):
    for name in ('000', '001'):
        (root / 'Annotations_6fps/sav_000007' / name).rename(root / name)


@pytest.mark.parametrize(
    ('damage', 'message'),
    [
        (name_object, 'cup is not named by its object, such as 000'),
        (list_another, 'sav_000008 is missing; unpack the data set again'),
        (no_masks, 'holds no folder of an object; unpack it again'),
    ],
)
def test_another_layout_is_refused(tmp_path, damage, message):
    damage(miniatures.sav_val(tmp_path))
    with pytest.raises(SequenceError, match=message):
        open_sequences(tmp_path)
