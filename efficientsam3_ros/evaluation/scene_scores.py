"""Everything that is measured on one clip: the detector alone, and the tracker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from efficientsam3_ros.core import Manifest, Prompt
from efficientsam3_ros.engine import Engine, Value
from efficientsam3_ros.evaluation.clip import Clip
from efficientsam3_ros.evaluation.frame_scores import Datapoint, frame_datapoints
from efficientsam3_ros.evaluation.track_scores import TrackScores, track_scores
from efficientsam3_ros.tracking import ConceptTracker, TrackerConfig
from efficientsam3_ros.tracking.detection.detector import OUTPUTS, RawDetections
from efficientsam3_ros.tracking.detection.presence import gated


@dataclass(frozen=True)
class SceneScores:
    """Scores of one clip.

    Attributes:
        name: Name of the clip.
        concepts: What was asked for.
        absent: Those that no object answers.
        datapoints: The detector's answers, one for each frame and phrase.
        tracks: The tracker's scores.
        seconds: Median time of one tracker step.
    """

    name: str
    concepts: tuple[str, ...]
    absent: tuple[str, ...]
    datapoints: tuple[Datapoint, ...]
    tracks: TrackScores
    seconds: float


class DetectorTap:
    """An engine that also keeps the detector's last outputs.

    The detector's answers in a frame do not depend on the tracks, so one pass serves both.

    Args:
        engine: Does the work.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._outputs: dict[str, Value] = {}

    @property
    def manifest(self) -> Manifest:
        """Description of the bundle."""
        return self._engine.manifest

    def run(self, graph: str, inputs: Mapping[str, Value]) -> dict[str, Value]:
        """Run a graph; see ``Engine``."""
        outputs = self._engine.run(graph, inputs)
        if graph == 'detector':
            self._outputs = outputs
        return outputs

    def to_numpy(self, value: Value) -> np.ndarray:
        """Bring one value to host memory."""
        return self._engine.to_numpy(value)

    def close(self) -> None:
        """Do nothing: the engine is the caller's."""

    def last(self) -> RawDetections:
        """Return the detector's last answer, its scores with presence."""
        raw = RawDetections(*(self.to_numpy(self._outputs[name]) for name in OUTPUTS))
        scores = gated(raw.scores, raw.presence, self.manifest.presence_gate)
        return replace(raw, scores=scores)


def score_scene(clip: Clip, engine: Engine, threshold: float = float('nan')) -> SceneScores:
    """Run detector and tracker over a clip.

    Args:
        clip: Frames and truth.
        engine: Any engine.
        threshold: Detection threshold of the tracker; NaN takes the bundle's.
    """
    tap = DetectorTap(engine)
    tracker = ConceptTracker(tap, TrackerConfig(detection_threshold=threshold))
    tracker.set_prompts([Prompt(concept) for concept in clip.concepts])
    truth = list(clip.truth())
    results, times = [], []
    datapoints: list[Datapoint] = []
    for frame, there in zip(clip.frames(), truth):
        start = perf_counter()
        results.append(tracker.step(frame))
        times.append(perf_counter() - start)
        datapoints += frame_datapoints(tap.last(), clip.concepts, clip.in_scene, there)
    return SceneScores(
        name=clip.name,
        concepts=clip.concepts,
        absent=tuple(c for c in clip.concepts if c not in clip.in_scene),
        datapoints=tuple(datapoints),
        tracks=track_scores(truth, results, clip.concepts),
        seconds=float(np.median(times)),
    )
