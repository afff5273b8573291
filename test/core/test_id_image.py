"""Truth of a phrase: which objects, where, and from which size on."""

import numpy as np

from efficientsam3_ros.core.id_image import object_masks, phrase_truth, truth_result

PHRASES = {1: {'mug', 'red mug'}, 2: {'mug', 'blue mug'}, 7: {'bowl', 'red bowl'}}


def id_image() -> np.ndarray:
    ids = np.zeros((40, 50), np.uint16)
    ids[5:15, 5:15] = 1
    ids[8:12, 8:12] = 7
    ids[39, 49] = 2
    return ids


def test_masks_equal_the_id_image_with_holes():
    masks = object_masks(id_image())
    assert list(masks) == [1, 2, 7]
    for number, mask in masks.items():
        assert np.array_equal(mask.decode(), id_image() == number)


def test_phrase_takes_all_that_answer_it_and_are_large_enough():
    masks = object_masks(id_image())
    assert set(phrase_truth(masks, PHRASES, 'mug', min_area=0.0)) == {1, 2}
    assert set(phrase_truth(masks, PHRASES, 'mug')) == {1}
    assert phrase_truth(masks, PHRASES, 'green mug') == {}


def test_result_keeps_ids_over_the_clip_and_names_an_object_under_each_concept():
    masks = object_masks(id_image())
    result = truth_result(masks, PHRASES, ['red mug', 'mug'], (40, 50), 5, 'camera')
    assert [(i.track_id, i.concept) for i in result.instances] == [(1, 'red mug'), (1001, 'mug')]
    assert (result.stamp_ns, result.frame_id) == (5, 'camera')
