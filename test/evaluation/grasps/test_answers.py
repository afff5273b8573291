"""Which answer belongs to which object."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('mujoco')

from efficientsam3_ros.core import Instance, TrackState
from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.evaluation.grasps.answers import TrueMasks, paired
from efficientsam3_ros.simulation.grasping import TrueObject
from efficientsam3_ros.simulation.tabletop import Observation

IDS = np.zeros((20, 40), np.uint16)
IDS[2:12, 2:12], IDS[2:12, 20:30] = 1, 2


def thing(number: int, phrase: str) -> TrueObject:
    return TrueObject(number, phrase, phrase, 0.05, 1.0, True, True)


def answer(label: int, concept: str, columns: slice) -> Instance:
    mask = np.zeros(IDS.shape, bool)
    mask[2:12, columns] = True
    return Instance(label, label, concept, 0.9, Rle.encode(mask), TrackState.TRACKED)


def test_the_best_answer_of_the_right_name_wins():
    mugs = [thing(1, 'mug'), thing(2, 'mug')]
    answers = [answer(1, 'mug', slice(4, 12)), answer(2, 'mug', slice(2, 12))]
    assert paired(answers, mugs, IDS) == {1: (1, 1.0)}


def test_each_answer_serves_once_and_a_poor_one_never():
    mugs = [thing(1, 'mug'), thing(2, 'mug')]
    both = [answer(1, 'mug', slice(2, 12)), answer(2, 'mug', slice(20, 28))]
    found = paired(both, mugs, IDS)
    assert {target: row for target, (row, _) in found.items()} == {1: 0, 2: 1}
    assert found[2][1] == pytest.approx(0.8)
    assert paired([answer(1, 'mug', slice(2, 6))], mugs, IDS) == {}
    assert paired([answer(1, 'bowl', slice(2, 12))], mugs, IDS) == {}
    assert paired([], mugs, IDS) == {}


def test_the_truth_answers_with_its_own_ids():
    seen = Observation(0, 0, np.zeros((20, 40, 3), np.uint8), None, IDS, np.eye(4))
    answers = TrueMasks().answers(seen, [thing(1, 'mug'), thing(2, 'mug')])
    assert answers.label_of == {1: 1, 2: 2} and set(answers.iou_of.values()) == {1.0}
    np.testing.assert_array_equal(answers.labels, IDS)
