"""What the objects node says of the objects of a frame, against the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from efficientsam3_ros.core import FrameResult
from efficientsam3_ros.core.id_image import object_masks
from efficientsam3_ros.evaluation.grasps.answers import paired
from efficientsam3_ros.evaluation.objects.truth import TrueObject, true_objects
from efficientsam3_ros.scene3d import OrientedBox, box_iou
from efficientsam3_ros.simulation.spatial_truth import SpatialTabletop
from efficientsam3_ros.simulation.tabletop import Observation

_ID_STEP = 1000  # between an object's ids under two concepts, see ``truth_result``
_MM = 1000.0


@dataclass(frozen=True, eq=False)
class Heard:
    """What tracker and objects node said of an image.

    Attributes:
        truth: True masks of the image as the camera published them: they tell the frame.
        result: The tracker's.
        middles: Label to the mean of its points in ``~/objects_points``, (3,), metres.
        boxes: Track id to its box.
        target: Label and mean of ``~/target_points``; None if they are empty.
    """

    truth: FrameResult
    result: FrameResult
    middles: Mapping[int, np.ndarray]
    boxes: Mapping[int, OrientedBox]
    target: tuple[int, np.ndarray] | None = None


@dataclass(frozen=True)
class ObjectRow:
    """One object in one image.

    Attributes:
        seed: Of the scene.
        frame: Number of the image in the film.
        object: Id.
        phrase: What was asked for.
        visible: Share of the silhouette that is seen.
        counts: Whether it is unoccluded; only then its figures count.
        mask_iou: With its answer; None if it has none.
        middle_mm: Distance of the mean of the node's points from the true one, millimetres.
        target_mm: The same of ``~/target_points``, where it is the target; both are thinned.
        box_iou: Of the node's box with the box around the whole object.
        box_m: Edges of the node's box, metres.
        true_box_m: Edges of the true one.
    """

    seed: int
    frame: int
    object: int
    phrase: str
    visible: float
    counts: bool
    mask_iou: float | None = None
    middle_mm: float | None = None
    target_mm: float | None = None
    box_iou: float | None = None
    box_m: tuple[float, ...] = ()
    true_box_m: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Measured:
    """One image.

    Attributes:
        key: Of what was heard of it.
        rows: Its objects.
        objects: The truth about them.
        seen: The frame, without sensor noise.
    """

    key: Any
    rows: tuple[ObjectRow, ...]
    objects: tuple[TrueObject, ...]
    seen: Observation


def measure_film(table: SpatialTabletop, heard: Mapping[Any, Heard]) -> list[Measured]:
    """Draw the film again, without noise, and measure the images that were heard.

    Args:
        table: The film that the camera showed.
        heard: By key, such as the stamp.

    Returns:
        In the order of the film; images that are in it nowhere are missing.
    """
    left, found = dict(heard), []

    def keys_of(ids: np.ndarray) -> list[Any]:
        masks = object_masks(ids)
        return [key for key, item in left.items() if _shows(masks, item.truth)]

    for seen in table.chosen(lambda ids: bool(keys_of(ids))):
        objects = true_objects(table, seen)
        for key in keys_of(seen.ids):
            rows = measure_frame(table.config.seed, seen, objects, left.pop(key))
            found.append(Measured(key, rows, objects, seen))
        if not left:
            break
    return found


def measure_frame(
    seed: int, seen: Observation, objects: Sequence[TrueObject], heard: Heard
) -> tuple[ObjectRow, ...]:
    """Return a row for each object of a frame."""
    answers = [item for item in heard.result.instances if item.area]
    pairs = paired(answers, objects, seen.ids)
    rows = []
    for item in objects:
        about = (seed, seen.index, item.id, item.phrase, round(item.visible, 3), item.counts)
        size = _rounded(item.box.size)
        if item.id not in pairs:
            rows.append(ObjectRow(*about, true_box_m=size))
            continue
        index, iou = pairs[item.id]
        label, box = answers[index].label, heard.boxes.get(answers[index].track_id)
        target = heard.target
        rows.append(
            ObjectRow(
                *about,
                round(iou, 3),
                _apart(heard.middles.get(label), item.middle),
                _apart(target[1], item.thinned_middle) if target and target[0] == label else None,
                None if box is None else round(box_iou(box, item.box), 4),
                () if box is None else _rounded(box.size),
                size,
            )
        )
    return tuple(rows)


def _shows(masks: Mapping[int, object], truth: FrameResult) -> bool:
    told = [(item.track_id % _ID_STEP, item.mask) for item in truth.instances]
    return bool(told) and all(masks.get(number) == mask for number, mask in told)


def _apart(one: np.ndarray | None, other: np.ndarray) -> float | None:
    return None if one is None else round(_MM * float(np.linalg.norm(one - other)), 2)


def _rounded(size: np.ndarray) -> tuple[float, ...]:
    return tuple(round(float(edge), 4) for edge in np.sort(size)[::-1])
