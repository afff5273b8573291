"""Answers in crowds are neither right nor wrong."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.core import FrameResult, Rle
from efficientsam3_ros.core.id_image import true_instance
from efficientsam3_ros.evaluation.stills.crowds import without_crowd

SIZE = 40, 60


def thing(number, box, concept='cup'):
    x, y, w, h = box
    bits = np.zeros(SIZE, bool)
    bits[y : y + h, x : x + w] = True
    return true_instance(number, concept, Rle.encode(bits))


def result(*things):
    return FrameResult(1, 'camera', *SIZE, 1, things)


def ids(frame):
    return [item.track_id for item in frame.instances]


def test_an_answer_in_a_crowd_of_its_concept_is_neither_right_nor_wrong():
    crowd = [thing(9, (20, 0, 30, 30))]
    truth = result(thing(1, (0, 0, 10, 10)))
    answers = result(
        thing(1, (0, 0, 10, 10)),
        thing(2, (25, 5, 10, 10)),
        thing(3, (25, 5, 10, 10), 'fork'),
        thing(4, (15, 0, 10, 10)),  # half of it
    )
    assert ids(without_crowd(answers, truth, crowd)) == [1, 3, 4]
    assert without_crowd(answers, truth, []) == answers


def test_an_object_inside_a_crowd_is_still_found():
    crowd = [thing(9, (20, 0, 30, 30))]
    truth = result(thing(1, (24, 4, 10, 10)))
    answers = result(thing(1, (24, 4, 10, 10)), thing(2, (40, 4, 8, 8)))
    assert ids(without_crowd(answers, truth, crowd)) == [1]
