"""One attempt to pick up an object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import mujoco
import numpy as np

from efficientsam3_ros.simulation.grasping.follow import Follow
from efficientsam3_ros.simulation.grasping.hand import Hand
from efficientsam3_ros.simulation.grasping.hand_shape import DEFAULT_SHAPE, HandShape
from efficientsam3_ros.simulation.grasping.outcome import Attempt, Course, Moment, judged
from efficientsam3_ros.simulation.grasping.touch import Touch
from efficientsam3_ros.simulation.scene.scene import Scene

STEP_S = 0.002
LIFT_M = 0.1
HOLD_S = 2.0
_AWAY_M = 0.1
_COME_S, _CLOSE_S, _PRESS_S, _LIFT_S = 1.0, 0.6, 0.3, 1.0
DURATION_S = _COME_S + _CLOSE_S + _PRESS_S + _LIFT_S + HOLD_S
LOOK_S = 0.008
"""Time between two looks at the contacts."""
_LOOK_EVERY = round(LOOK_S / STEP_S)
_NOSLIP_ITERATIONS = 5
_PRESSED_M = -0.02

Watcher = Callable[[str, float], object]
"""Told the phase ('come', 'close', 'lift', 'hold') and the seconds since the start."""


@dataclass(frozen=True, eq=False)
class Plan:
    """Where to grasp.

    Attributes:
        pose: float64 (4, 4), hand (see ``HandShape``) to world, metres.
        width: Opening while the hand comes near, metres.
    """

    pose: np.ndarray
    width: float


def try_grasp(
    scene: Scene,
    target: int,
    plan: Plan,
    shape: HandShape = DEFAULT_SHAPE,
    watch: Watcher | None = None,
) -> Attempt:
    """Reach for an object, close the hand, lift it by 10 cm, and hold it for 2 seconds.

    The open hand starts 10 cm before the grasp, comes along the approach axis, and lifts straight
    up. Nothing is random: the same state gives the same course. The scene is left as it was.

    Args:
        scene: With a hand, at rest.
        target: Id of the object.
        plan: Where to grasp.
        shape: Of the scene's hand.
        watch: Told after each look at the contacts, every 8 milliseconds.
    """
    model, data = scene.model, scene.data
    saved, parts = _saved(model, data)
    with _precise(model):
        attempt = judged(_course(scene, target, plan, shape, watch))
    mujoco.mj_setState(model, data, saved, parts)
    mujoco.mj_forward(model, data)
    return attempt


@contextmanager
def _precise(model: mujoco.MjModel) -> Iterator[None]:
    """Take smaller steps than scenes that come to rest, and let nothing creep out of the pads.

    MuJoCo's contacts are soft, so that what is held slides slowly; its solver without slip, which
    runs after the other one, prevents that.
    """
    before = model.opt.timestep, model.opt.noslip_iterations
    model.opt.timestep, model.opt.noslip_iterations = STEP_S, _NOSLIP_ITERATIONS
    try:
        yield
    finally:
        model.opt.timestep, model.opt.noslip_iterations = before


def _saved(model: mujoco.MjModel, data: mujoco.MjData) -> tuple[np.ndarray, int]:
    parts = int(mujoco.mjtState.mjSTATE_INTEGRATION)
    state = np.empty(mujoco.mj_stateSize(model, parts))
    mujoco.mj_getState(model, data, state, parts)
    return state, parts


def _course(
    scene: Scene, target: int, plan: Plan, shape: HandShape, watch: Watcher | None
) -> Course:
    """Let it happen, and write down what is seen."""
    hand, touch, course = Hand(scene.model, scene.data), Touch(scene), Course(target)
    follow = Follow(scene, target, plan.pose[:3, 3])
    for number, (phase, pose, width) in enumerate(_motion(plan, shape)):
        if number == 0:
            hand.appear(pose, width)
        hand.lead(pose)
        hand.open(width)
        mujoco.mj_step(scene.model, scene.data)
        if number % _LOOK_EVERY == 0:
            course.add(phase, _moment(touch, follow, target))
            if watch is not None:
                watch(phase, number * STEP_S)
    return course


def _moment(touch: Touch, follow: Follow, target: int) -> Moment:
    return Moment(
        hand=touch.by_hand(),
        both_pads=touch.by_both_pads(target),
        free=touch.only_hand(target),
        moved=follow.moved(),
        center_rise_m=follow.center_rise(),
    )


def _motion(plan: Plan, shape: HandShape) -> Iterator[tuple[str, np.ndarray, float]]:
    """Yield phase, pose and opening of every time step."""
    width = min(plan.width, shape.opening)
    approach, up = plan.pose[:3, 2], np.array([0.0, 0.0, 1.0])
    for share in _shares(_COME_S):
        yield 'come', _moved(plan.pose, (share - 1) * _AWAY_M * approach), width
    for share in _shares(_CLOSE_S):
        yield 'close', plan.pose, (1 - share) * width + share * _PRESSED_M
    for _ in _shares(_PRESS_S):
        yield 'close', plan.pose, _PRESSED_M
    for share in _shares(_LIFT_S):
        yield 'lift', _moved(plan.pose, share * LIFT_M * up), _PRESSED_M
    for _ in _shares(HOLD_S):
        yield 'hold', _moved(plan.pose, LIFT_M * up), _PRESSED_M


def _shares(seconds: float) -> np.ndarray:
    """Return how much of a motion is done after every step: slow at both ends."""
    steps = round(seconds / STEP_S)
    time = np.arange(1, steps + 1) / steps
    return np.asarray(3 * time**2 - 2 * time**3)


def _moved(pose: np.ndarray, way: np.ndarray) -> np.ndarray:
    result = pose.copy()
    result[:3, 3] += way
    return result
