"""What counts as a success, from moments made by hand."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('mujoco')

from efficientsam3_ros.simulation.grasping.outcome import Course, Moment, Outcome, judged


def moment(rise: float, pads: bool = True, free: bool = True, hand: frozenset = frozenset({1})):
    return Moment(hand, pads, free, np.array([0.0, 0, rise]), rise)


def course(hold: list[Moment], closed: bool = True, lifted: float = 0.1, touched=frozenset({1})):
    made = Course(1)
    made.add('come', moment(0, hand=touched))
    made.add('close', moment(0, pads=closed))
    made.add('lift', moment(lifted))
    for item in hold:
        made.add('hold', item)
    return judged(made)


def test_held_to_the_end():
    result = course([moment(0.1), moment(0.095)])
    assert result.outcome is Outcome.HELD
    assert result.least_rise_m == 0.095 and result.touched == ()


@pytest.mark.parametrize('last', [moment(0.02), moment(0.1, pads=False), moment(0.1, free=False)])
def test_success_needs_the_whole_hold(last):
    assert course([moment(0.1), last]).outcome is Outcome.DROPPED


def test_causes_in_the_order_of_the_steps():
    down = [moment(0.0)]
    assert course(down, lifted=0.0).outcome is Outcome.SLIPPED
    assert course(down, closed=False, lifted=0.0).outcome is Outcome.MISSED
    hit = course(down, closed=False, lifted=0.0, touched=frozenset({0, 1, 3}))
    assert hit.outcome is Outcome.COLLISION and hit.touched == (0, 3)


def test_a_touch_that_did_no_harm_is_recorded_only():
    result = course([moment(0.1)], touched=frozenset({2}))
    assert result.outcome is Outcome.HELD and result.touched == (2,)
