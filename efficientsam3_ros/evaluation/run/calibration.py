"""Detections of validation sequences beside their truth, for the choice of a threshold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from efficientsam3_ros.core import FrameResult
from efficientsam3_ros.datasets.sequence import Sequence as FrameSequence
from efficientsam3_ros.datasets.sequence import SequenceError, TruthKind
from efficientsam3_ros.engine import Engine
from efficientsam3_ros.evaluation.metrics.mask_iou import iou_matrix
from efficientsam3_ros.evaluation.run.frame_detector import FrameDetector
from efficientsam3_ros.evaluation.run.prediction import Tick
from efficientsam3_ros.evaluation.run.prompting import prompts_for
from efficientsam3_ros.evaluation.scoring.operating_point import SCORE_FLOOR, Datapoint
from efficientsam3_ros.tracking import TrackerConfig

_Seen = tuple[FrameResult, Sequence[float]]
"""A frame's detections by their match scores, and the presence of each concept."""


def datapoints(sequence: FrameSequence, engine: Engine, tick: Tick) -> list[Datapoint]:
    """Run the detector over a sequence, with its match scores as they are.

    Args:
        sequence: Its truth has concepts.
        engine: Runs the bundle's graphs.
        tick: Called after every frame.

    Returns:
        One a concept and annotated frame.

    Raises:
        SequenceError: If the truth has no concepts, or nothing can be read.
        EngineError: If a graph fails.
    """
    if sequence.truth_kind is not TruthKind.CONCEPTS:
        raise SequenceError(
            f'The truth of {sequence.name} has no concepts, so it cannot tell a right score from '
            'a wrong one; calibrate on recordings with named objects.'
        )
    prompts = prompts_for(sequence, (), exemplars=False)
    # Presence comes on top later, in every strength that is tried.
    config = TrackerConfig(
        detection_threshold=SCORE_FLOOR, presence_gate=0.0, max_prompts=len(prompts)
    )
    detector = FrameDetector(engine, config, prompts)
    seen: list[_Seen] = []
    for frame in sequence.frames():
        seen.append((detector.step(frame), detector.presence.tolist()))
        tick()
    truth = list(sequence.truth())
    in_scene = {item.concept for there in truth if there for item in there.instances if item.area}
    return [
        _datapoint(concept, concept in in_scene, presence[index], found, there)
        for (found, presence), there in zip(seen, truth)
        if there is not None
        for index, concept in enumerate(detector.concepts)
    ]


def _datapoint(
    concept: str, in_scene: bool, presence: float, found: FrameResult, there: FrameResult
) -> Datapoint:
    mine = [item for item in found.instances if item.concept == concept]
    objects = [item.mask for item in there.instances if item.concept == concept and item.area]
    iou = iou_matrix([item.mask for item in mine], objects)
    return Datapoint(in_scene, presence, np.array([i.score for i in mine], np.float32), iou)
