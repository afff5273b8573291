"""What became of an attempt, and how it is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import numpy as np

LEAST_RISE_M = 0.09
"""Of the hand's 10 cm: an object may move by some millimetres when it is gripped."""


class Outcome(str, Enum):
    """How an attempt ended.

    Attributes:
        HELD: Throughout the hold the grasped point of the object was at least 9 cm higher than
            before, both fingers touched the object, and nothing else did.
        COLLISION: It failed, and the hand touched the table or another object before it closed.
        MISSED: It failed, and there was nothing between both fingers when they had closed.
        SLIPPED: It was between both fingers, but did not come along, or not all the way.
        DROPPED: It was lifted, and lost.
    """

    HELD = 'held'
    COLLISION = 'collision'
    MISSED = 'missed'
    SLIPPED = 'slipped'
    DROPPED = 'dropped'


@dataclass(frozen=True)
class Attempt:
    """One attempt.

    Attributes:
        outcome: How it ended.
        touched: Ids of what else the hand touched before it closed, 0 for the table, ascending.
        pushed_m: How far the object moved before the hand closed.
        rise_m: Of the grasped point when the lift ended.
        least_rise_m: Of the grasped point during the hold.
        center_rise_m: Least rise of the center of mass during the hold; what hangs tilted rises
            less.
    """

    outcome: Outcome
    touched: tuple[int, ...]
    pushed_m: float
    rise_m: float
    least_rise_m: float
    center_rise_m: float


@dataclass(frozen=True, eq=False)
class Moment:
    """What is seen at one time.

    Attributes:
        hand: Ids of what the hand touches.
        both_pads: Whether both fingers touch the object.
        free: Whether the object touches nothing but the hand.
        moved: float64 (3,), way of the grasped point since the start, metres, z up.
        center_rise_m: Of the center of mass.
    """

    hand: frozenset[int]
    both_pads: bool
    free: bool
    moved: np.ndarray
    center_rise_m: float


@dataclass
class Course:
    """What was seen of an attempt.

    Attributes:
        target: Id of the object.
        touched: What else the hand touched before it closed.
        pushed_m: How far the object had moved then.
        closed_on: Whether both fingers touched the object when they had closed.
        rise_m: Of the grasped point at the end of the lift.
        hold: All moments of the hold.
    """

    target: int
    touched: set[int] = field(default_factory=set)
    pushed_m: float = 0.0
    closed_on: bool = False
    rise_m: float = 0.0
    hold: list[Moment] = field(default_factory=list)

    def add(self, phase: str, moment: Moment) -> None:
        """Note a moment of a phase: 'come', 'close', 'lift' or 'hold'."""
        if phase == 'come':
            self.touched |= moment.hand - {self.target}
            self.pushed_m = float(np.linalg.norm(moment.moved))
        elif phase == 'close':
            self.closed_on = moment.both_pads
        elif phase == 'lift':
            self.rise_m = float(moment.moved[2])
        else:
            self.hold.append(moment)


def judged(course: Course) -> Attempt:
    """Return what became of it."""
    least = min(float(moment.moved[2]) for moment in course.hold)
    return Attempt(
        _outcome(course, least),
        tuple(sorted(course.touched)),
        course.pushed_m,
        course.rise_m,
        least,
        min(moment.center_rise_m for moment in course.hold),
    )


def _outcome(course: Course, least: float) -> Outcome:
    if least >= LEAST_RISE_M and all(item.both_pads and item.free for item in course.hold):
        return Outcome.HELD
    if course.touched:
        return Outcome.COLLISION
    if not course.closed_on:
        return Outcome.MISSED
    return Outcome.SLIPPED if course.rise_m < LEAST_RISE_M else Outcome.DROPPED
