"""What became of an attempt, and how it is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import numpy as np

LEAST_RISE_M = 0.09
"""Of the hand's 10 cm: a hand and pads give way by some millimetres."""


class Outcome(str, Enum):
    """How an attempt ended.

    Attributes:
        HELD: The object's center of mass rose by at least 9 cm, and both pads held it to the end.
        COLLISION: It failed, and the hand touched the table or another object before it closed.
        MISSED: It failed, and there was nothing between both pads when they had closed.
        SLIPPED: It was between both pads, but did not come along, or not as far: it turned between them.
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
        rise_m: Of the object when the lift ended.
        least_rise_m: Of the object during the hold.
    """

    outcome: Outcome
    touched: tuple[int, ...]
    pushed_m: float
    rise_m: float
    least_rise_m: float


@dataclass
class Course:
    """What was seen of an attempt.

    Attributes:
        target: Id of the object.
        touched: What else the hand touched before it closed.
        pushed_m: How far the object had moved then.
        closed_on: Whether both pads touched the object when they had closed.
        rise_m: Of the object at the end of the lift.
        rises_m: Of the object, throughout the hold.
        held: Whether both pads touched it, throughout the hold.
    """

    target: int
    touched: set[int] = field(default_factory=set)
    pushed_m: float = 0.0
    closed_on: bool = False
    rise_m: float = 0.0
    rises_m: list[float] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)

    def add(self, phase: str, hand: frozenset[int], pads: bool, moved: np.ndarray) -> None:
        """Note a moment.

        Args:
            phase: 'come', 'close', 'lift' or 'hold'.
            hand: Ids of what the hand touches.
            pads: Whether both pads touch the object.
            moved: float64 (3,), of its center of mass since the start, metres, z up.
        """
        if phase == 'come':
            self.touched |= hand - {self.target}
            self.pushed_m = float(np.linalg.norm(moved))
        elif phase == 'close':
            self.closed_on = pads
        elif phase == 'lift':
            self.rise_m = float(moved[2])
        else:
            self.rises_m.append(float(moved[2]))
            self.held.append(pads)


def judged(course: Course) -> Attempt:
    """Return what became of it."""
    least = min(course.rises_m)
    return Attempt(
        _outcome(course, least),
        tuple(sorted(course.touched)),
        course.pushed_m,
        course.rise_m,
        least,
    )


def _outcome(course: Course, least: float) -> Outcome:
    if least >= LEAST_RISE_M and all(course.held):
        return Outcome.HELD
    if course.touched:
        return Outcome.COLLISION
    if not course.closed_on:
        return Outcome.MISSED
    return Outcome.SLIPPED if course.rise_m < LEAST_RISE_M else Outcome.DROPPED
