"""The gripper lifts what it has hold of, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('mujoco')

from hand_made_scene import block_scene, from_above

from efficientsam3_ros.simulation.grasping.attempt import try_grasp
from efficientsam3_ros.simulation.grasping.hand_shape import HandShape
from efficientsam3_ros.simulation.grasping.outcome import Outcome


@pytest.fixture(scope='module')
def scene():
    return block_scene(others=((0.3, 0.0),))


def test_a_block_is_lifted_and_held_the_same_each_time(scene):
    before = scene.data.qpos.copy()
    first, again = (try_grasp(scene, 1, from_above(0, 0, 0.01)) for _ in range(2))
    assert first == again
    assert first.outcome is Outcome.HELD and first.touched == ()
    assert first.least_rise_m == pytest.approx(0.1, abs=0.004)
    assert first.center_rise_m == pytest.approx(0.1, abs=0.004)
    np.testing.assert_array_equal(scene.data.qpos, before)


def test_a_grasp_beside_the_block_misses_it(scene):
    missed = try_grasp(scene, 1, from_above(0, 0.12, 0.01))
    assert missed.outcome is Outcome.MISSED
    assert abs(missed.rise_m) < 0.001 and missed.pushed_m < 0.001


def test_lifting_another_block_is_no_success(scene):
    assert try_grasp(scene, 1, from_above(0.3, 0, 0.01)).outcome is Outcome.MISSED


def test_a_finger_that_lands_on_another_block_is_a_collision(scene):
    landed = try_grasp(scene, 1, from_above(0.3, 0.04, 0.01))
    assert landed.outcome is Outcome.COLLISION and 2 in landed.touched


def test_a_hand_that_dives_into_the_table_is_told(scene):
    deep = try_grasp(scene, 1, from_above(0, 0, -0.01))
    assert 0 in deep.touched


def test_slippery_pads_do_not_lift():
    smooth = HandShape(friction=0.02, force=2.0)
    result = try_grasp(block_scene(shape=smooth), 1, from_above(0, 0, 0.01), smooth)
    assert result.outcome in (Outcome.SLIPPED, Outcome.DROPPED)
    assert result.least_rise_m < 0.05


def test_those_who_watch_see_all_phases_in_order(scene):
    seen = []
    try_grasp(scene, 1, from_above(0, 0, 0.01), watch=lambda phase, s: seen.append((s, phase)))
    assert list(dict.fromkeys(phase for _, phase in seen)) == ['come', 'close', 'lift', 'hold']
    hold = [seconds for seconds, phase in seen if phase == 'hold']
    assert hold[-1] - hold[0] == pytest.approx(2.0, abs=0.02)
