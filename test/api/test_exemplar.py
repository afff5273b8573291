"""Exemplar boxes in pixels."""

import math

import numpy as np
import pytest

import efficientsam3_ros as es3
from efficientsam3_ros.core import PromptError

IMAGE = np.zeros((100, 200, 3), np.uint8)


def test_pixels_become_fractions_of_the_image():
    prompt = es3.exemplar('red mug', IMAGE, (20, 10, 60, 30))
    assert prompt.concept == 'red mug'
    assert prompt.boxes == ((0.2, 0.2, 0.2, 0.2),)
    assert prompt.box_labels == (1,)
    assert math.isnan(prompt.threshold)


def test_several_boxes_and_what_is_not_meant():
    boxes = np.array([[0, 0, 200, 100], [20, 10, 60, 30]])
    prompt = es3.exemplar('mug', es3.Frame(IMAGE), boxes, [(0, 0, 100, 50)], threshold=0.3)
    assert prompt.boxes == ((0.5, 0.5, 1, 1), (0.2, 0.2, 0.2, 0.2), (0.25, 0.25, 0.5, 0.5))
    assert prompt.box_labels == (1, 1, 0)
    assert prompt.threshold == 0.3


@pytest.mark.parametrize(
    ('box', 'message'),
    [
        ((20, 10, 20, 30), 'not x0 < x1'),
        ((60, 10, 20, 30), 'not x0 < x1'),
        ((20, 10, 201, 30), 'inside the 200x100 image'),
        ((-1, 10, 20, 30), 'inside the 200x100 image'),
        ((math.nan, 10, 20, 30), 'inside the 200x100 image'),
        ((20, 10, 60), 'four numbers'),
        (('a', 'b', 'c', 'd'), 'four numbers'),
    ],
)
def test_a_box_that_is_none_is_refused(box, message):
    with pytest.raises(PromptError, match=message):
        es3.exemplar('mug', IMAGE, box)


@pytest.mark.parametrize('image', [None, 'mug.png', np.zeros((0, 3, 3), np.uint8), np.zeros(3)])
def test_an_exemplar_needs_an_image(image):
    with pytest.raises(PromptError, match='array'):
        es3.exemplar('mug', image, (0, 0, 1, 1))


@pytest.mark.parametrize('box', [None, 3, object()])
def test_what_is_no_box_is_refused(box):
    with pytest.raises(PromptError, match='four numbers'):
        es3.exemplar('mug', IMAGE, box)
