"""One RGB-D scene: answers, the objects that they belong to, and what they take of the cloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from efficientsam3_ros.core import FrameResult, Instance, Prompt, Rle
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame
from efficientsam3_ros.engine import Engine
from efficientsam3_ros.evaluation.clouds.taken import (
    Taken,
    Target,
    boxes_of,
    own_mask,
    taken_of,
)
from efficientsam3_ros.evaluation.metrics.mask_iou import iou_matrix
from efficientsam3_ros.evaluation.scoring.unlabeled import without_unlabeled
from efficientsam3_ros.scene3d import (
    CameraModel,
    OrganizedCloud,
    OrientedBox,
    make_cloud,
    object_mask,
)
from efficientsam3_ros.tracking import ConceptTracker, TrackerConfig

LEAST_IOU = 0.5
"""Mask IoU from which an answer belongs to an object."""


@dataclass(frozen=True)
class ObjectRow:
    """One thing of a scene.

    Attributes:
        object: Its id.
        name: Noun of the data set.
        points: Measured points of it.
        kept_of_true: Share of these that the cleaning leaves of the true mask.
        iou: Mask IoU with its answer; None if it was missed.
        cleaned: What the answer takes after the cleaning; None if it was missed.
        plain: The same, nothing cleaned.
    """

    object: int
    name: str
    points: int
    kept_of_true: float
    iou: float | None = None
    cleaned: Taken | None = None
    plain: Taken | None = None


@dataclass(frozen=True, eq=False)
class SceneClouds:
    """What came of one scene.

    Attributes:
        name: Of the scene.
        objects: All of the truth.
        answers: How many were scored: those of which half and more lies where depth is.
        result: All answers.
        cloud: With the labels of the answers.
        true_cloud: The same points with the labels of the true objects.
        boxes: Label of an answer that belongs to an object, to its box.
        true_boxes: Object id to the box of the true mask.
    """

    name: str
    objects: tuple[ObjectRow, ...]
    answers: int
    result: FrameResult
    cloud: OrganizedCloud
    true_cloud: OrganizedCloud
    boxes: dict[int, OrientedBox]
    true_boxes: dict[int, OrientedBox]


def ask(engine: Engine, labeled: LabeledFrame, phrase: str) -> FrameResult:
    """Return what a fresh tracker answers about one picture.

    Raises:
        EngineError: If a graph fails.
        PromptError: If the network cannot read the phrase.
    """
    tracker = ConceptTracker(engine, TrackerConfig())
    tracker.set_prompts([Prompt(phrase)])
    return tracker.step(labeled.frame)


def check_space(labeled: LabeledFrame) -> None:
    """Refuse a scene that cannot be measured in space.

    Raises:
        SequenceError: If it has no depth, or nobody tells its camera.
    """
    if labeled.depth is None:
        raise SequenceError(
            f'{labeled.name} has no depth; put {labeled.name}_depth.png beside it.'
        )
    if labeled.intrinsics is None:
        raise SequenceError(
            f'The camera of {labeled.name} is not known; write fx, fy, cx and cy into camera.json.'
        )


def measure_scene(labeled: LabeledFrame, result: FrameResult) -> SceneClouds:
    """Compare answers about a scene with its truth, in space.

    Masks that overlap share their pixels out as in the label image, which is what a robot's
    clouds are made of. Masks are paired one to one, the largest IoU first.

    Args:
        labeled: The scene, with depth and camera.
        result: Of its picture.

    Raises:
        SequenceError: If the scene has no depth, or nobody tells its camera.
    """
    check_space(labeled)
    assert labeled.depth is not None and labeled.intrinsics is not None
    measured = np.where(labeled.depth > 0, labeled.depth, np.nan)
    camera, rgb = CameraModel(labeled.intrinsics), labeled.frame.rgb
    true_cloud = make_cloud(measured, camera, rgb, labeled.truth.label_image())
    cloud = make_cloud(measured, camera, rgb, result.label_image())
    (judged,) = without_unlabeled((result,), (Rle.encode(np.isnan(measured)),))
    assert judged is not None
    answers = [item for item in judged.instances if item.area]
    pairs = paired(answers, labeled.truth.instances)
    rows, boxes, true_boxes = [], dict[int, OrientedBox](), dict[int, OrientedBox]()
    for number, item in enumerate(labeled.truth.instances):
        true_box, _ = boxes_of(true_cloud, item.label)
        row = _missed(item, true_cloud)
        if number in pairs:
            index, iou = pairs[number]
            label = answers[index].label
            target = Target(item.label, true_cloud.labels, true_box)
            row, box = _found(replace(row, iou=iou), cloud, label, target)
            boxes |= {} if box is None else {label: box}
        true_boxes |= {} if true_box is None else {item.label: true_box}
        rows.append(row)
    return SceneClouds(
        labeled.name, tuple(rows), len(answers), result, cloud, true_cloud, boxes, true_boxes
    )


def _missed(item: Instance, true_cloud: OrganizedCloud) -> ObjectRow:
    points = int(np.count_nonzero(own_mask(true_cloud, item.label)))
    kept = int(np.count_nonzero(object_mask(true_cloud, item.label)))
    return ObjectRow(item.track_id, item.concept, points, kept / max(points, 1))


def _found(
    row: ObjectRow, cloud: OrganizedCloud, label: int, target: Target
) -> tuple[ObjectRow, OrientedBox | None]:
    """Return the row with what its answer takes, and the answer's box."""
    box, plain_box = boxes_of(cloud, label)
    cleaned = taken_of(cloud, object_mask(cloud, label), box, target)
    plain = taken_of(cloud, own_mask(cloud, label), plain_box, target)
    return replace(row, cleaned=cleaned, plain=plain), box


def paired(
    answers: Sequence[Instance], objects: Sequence[Instance]
) -> dict[int, tuple[int, float]]:
    """Return by number of the object the number of its answer and their mask IoU."""
    ious = iou_matrix([item.mask for item in answers], [item.mask for item in objects])
    found: dict[int, tuple[int, float]] = {}
    while ious.size and ious.max() >= LEAST_IOU:
        row, column = (int(i) for i in np.unravel_index(ious.argmax(), ious.shape))
        found[column] = row, float(ious[row, column])
        ious[row], ious[:, column] = 0, 0
    return found
