"""What is kept of an attempt, and of the objects that could be tried."""

from __future__ import annotations

from dataclasses import dataclass

HELD = 'held'
NO_MASK = 'no mask'
NO_GRASP = 'no grasp'
CAUSES = (NO_MASK, NO_GRASP, 'collision', 'missed', 'slipped', 'dropped')
"""Why an attempt failed, in the order of the steps."""


@dataclass(frozen=True)
class Seen:
    """An object of a picture; whether it counts is decided before any attempt.

    Attributes:
        seed: Of the scene.
        object: Id in the scene.
        noun: What it is.
        phrase: What is asked for.
        width_m: Smallest width that a hand from above meets.
        visible: Share of its outline that nothing hides.
        whole: Whether none of it is outside the image.
        graspable: Whether it counts.
    """

    seed: int
    object: int
    noun: str
    phrase: str
    width_m: float | None
    visible: float
    whole: bool
    graspable: bool


@dataclass(frozen=True)
class Trial:
    """One object, tried with one kind of mask.

    Attributes:
        seed: Of the scene.
        object: Id in the scene.
        noun: What it is.
        phrase: What was asked for.
        masks: 'true' or 'ours'.
        result: 'held' or one of ``CAUSES``.
        iou: Of the mask with the true one; 0 without a mask.
        box_m: Edges of the object's box, longest horizontal one first, then height last; empty
            without a mask.
        pose: Hand to world, row by row; empty without a grasp.
        width_m: Opening with which the hand came.
        score: The planner's, 0..1.
        sides_seen: How many of both contacts the camera saw.
        touched: Ids of what else the hand touched before it closed, 0 for the table.
        pushed_m: How far the object moved before the hand closed.
        rise_m: Of the grasped point at the end of the lift.
        least_rise_m: Of the grasped point during the hold.
        center_rise_m: Of the center of mass during the hold, at least.
    """

    seed: int
    object: int
    noun: str
    phrase: str
    masks: str
    result: str
    iou: float = 0.0
    box_m: tuple[float, ...] = ()
    pose: tuple[float, ...] = ()
    width_m: float = 0.0
    score: float = 0.0
    sides_seen: int = 0
    touched: tuple[int, ...] = ()
    pushed_m: float = 0.0
    rise_m: float = 0.0
    least_rise_m: float = 0.0
    center_rise_m: float = 0.0

    @property
    def held(self) -> bool:
        """Whether the grasp held."""
        return self.result == HELD
