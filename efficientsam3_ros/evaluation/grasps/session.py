"""All attempts of one scene."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
import math

import numpy as np

from efficientsam3_ros.evaluation.grasps.answers import Answers, MaskSource
from efficientsam3_ros.evaluation.grasps.planning import Planned, plan_grasp
from efficientsam3_ros.evaluation.grasps.trial import NO_GRASP, NO_MASK, Seen, Trial
from efficientsam3_ros.simulation.grasping import GraspTable, HandShape, TrueObject
from efficientsam3_ros.simulation.grasping.attempt import Watcher
from efficientsam3_ros.simulation.tabletop import Observation


@dataclass(frozen=True, eq=False)
class Start:
    """What is known before the hand moves, for those who draw it.

    Attributes:
        table: The scene.
        seen: The picture.
        mask: bool (H, W), of the object.
        planned: What the geometry says.
    """

    table: GraspTable
    seen: Observation
    mask: np.ndarray
    planned: Planned


Announce = Callable[[Start], 'Watcher | None']
"""Told of each attempt; returns who watches it."""


def listed(seed: int, objects: Sequence[TrueObject]) -> list[Seen]:
    """Return the objects of a scene as they are kept."""
    return [
        Seen(
            seed,
            item.id,
            item.noun,
            item.phrase,
            round(item.width_m, 4) if math.isfinite(item.width_m) else None,
            round(item.visible, 3),
            item.whole,
            item.graspable,
        )
        for item in objects
    ]


def scene_trials(
    table: GraspTable,
    seen: Observation,
    objects: Sequence[TrueObject],
    source: MaskSource,
    shape: HandShape,
    announce: Announce | None = None,
) -> Iterator[Trial]:
    """Yield one trial for each object that counts, each from the same state.

    Args:
        table: The scene.
        seen: Its picture.
        objects: What is true of it.
        source: Of the masks; asked for the names of all objects that the picture shows.
        shape: Of the hand.
        announce: Told of each attempt.
    """
    answers = source.answers(seen, objects)
    for item in objects:
        if item.graspable:
            yield _trial(table, seen, item, answers, source.name, shape, announce)


def _trial(
    table: GraspTable,
    seen: Observation,
    item: TrueObject,
    answers: Answers,
    masks: str,
    shape: HandShape,
    announce: Announce | None,
) -> Trial:
    about = (table.config.seed, item.id, item.noun, item.phrase, masks)
    label = answers.label_of.get(item.id)
    if label is None:
        return Trial(*about, NO_MASK)
    iou = round(answers.iou_of[item.id], 3)
    planned = plan_grasp(seen, table.intrinsics, answers.labels, label, shape)
    box = () if planned.box is None else tuple(np.round(planned.box.size, 4).tolist())
    if planned.grasp is None or planned.plan is None:
        return Trial(*about, NO_GRASP, iou, box)
    start = Start(table, seen, answers.labels == label, planned)
    watch = announce(start) if announce else None
    done = table.attempt(item.id, planned.plan, watch)
    ways = done.pushed_m, done.rise_m, done.least_rise_m, done.center_rise_m
    return Trial(
        *about,
        done.outcome.value,
        iou,
        box,
        tuple(np.round(planned.plan.pose.ravel(), 5).tolist()),
        round(planned.plan.width, 4),
        round(planned.grasp.score, 4),
        sum(planned.grasp.sides_seen),
        done.touched,
        *(round(value, 5) for value in ways),
    )
