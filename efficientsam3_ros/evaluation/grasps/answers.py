"""Masks of the objects of a picture: true ones, or those of a tracker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from efficientsam3_ros.core import Frame, Instance, Prompt
from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.engine import Engine
from efficientsam3_ros.evaluation.metrics.mask_iou import iou_matrix
from efficientsam3_ros.simulation.grasping import TrueObject
from efficientsam3_ros.simulation.tabletop import Observation
from efficientsam3_ros.tracking import ConceptTracker, TrackerConfig

LEAST_IOU = 0.5
"""From which an answer is about an object."""
LOOKS = 5
"""How often a tracker sees the picture: it reports nothing that it has seen but once."""
_NS = 66_666_667


@dataclass(frozen=True, eq=False)
class Answers:
    """Who owns which pixel, as far as the source of masks knows.

    Attributes:
        labels: uint32 (H, W), 0 = background.
        label_of: Object id to its label; an object without an answer is missing.
        iou_of: Object id to the mask's IoU with the true one.
    """

    labels: np.ndarray
    label_of: Mapping[int, int]
    iou_of: Mapping[int, float]


class MaskSource(Protocol):
    """Something that answers to the names of objects."""

    @property
    def name(self) -> str:
        """What results call it."""

    def answers(self, seen: Observation, objects: Sequence[TrueObject]) -> Answers:
        """Return the masks of objects of a picture."""


class TrueMasks:
    """The truth; see ``MaskSource``."""

    name = 'true'

    def answers(self, seen: Observation, objects: Sequence[TrueObject]) -> Answers:
        """Return the true masks."""
        own = {item.id: item.id for item in objects}
        return Answers(seen.ids.astype(np.uint32), own, dict.fromkeys(own, 1.0))


class TrackerMasks:
    """What a tracker answers when it is asked for all names at once; see ``MaskSource``.

    Args:
        engine: Runs the bundle; stays the caller's to close.
        config: Of the tracker.
    """

    name = 'ours'

    def __init__(self, engine: Engine, config: TrackerConfig | None = None) -> None:
        self._engine, self._config = engine, config or TrackerConfig()

    def answers(self, seen: Observation, objects: Sequence[TrueObject]) -> Answers:
        """Show the picture to a fresh tracker, and pair its answers with the objects."""
        phrases = sorted({item.phrase for item in objects})
        config = replace(self._config, max_prompts=max(self._config.max_prompts, len(phrases)))
        tracker = ConceptTracker(self._engine, config)
        tracker.set_prompts([Prompt(phrase) for phrase in phrases])
        for look in range(LOOKS):
            result = tracker.step(Frame(seen.rgb, look * _NS))
        visible = [item for item in result.instances if item.area]
        pairs = paired(visible, objects, seen.ids)
        labels = {target: visible[index].label for target, (index, _) in pairs.items()}
        ious = {target: iou for target, (_, iou) in pairs.items()}
        return Answers(result.label_image().astype(np.uint32), labels, ious)


class Asked(Protocol):
    """An object that was asked for."""

    @property
    def id(self) -> int:
        """In the id image."""

    @property
    def phrase(self) -> str:
        """What was said."""


def paired(
    answers: Sequence[Instance], objects: Sequence[Asked], ids: np.ndarray
) -> dict[int, tuple[int, float]]:
    """Return by object id the number of its answer and their IoU, the best pairs first.

    Args:
        answers: With masks; one belongs to objects of its own phrase only.
        objects: What was asked for.
        ids: Object ids (H, W).
    """
    masks = [Rle.encode(ids == item.id) for item in objects]
    ious = iou_matrix([item.mask for item in answers], masks)
    for row, answer in enumerate(answers):
        for column, item in enumerate(objects):
            if answer.concept != item.phrase:
                ious[row, column] = 0
    found: dict[int, tuple[int, float]] = {}
    while ious.size and ious.max() >= LEAST_IOU:
        row, column = (int(i) for i in np.unravel_index(ious.argmax(), ious.shape))
        found[objects[column].id] = row, float(ious[row, column])
        ious[row], ious[:, column] = 0, 0
    return found
