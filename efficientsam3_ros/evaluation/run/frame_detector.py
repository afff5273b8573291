"""The detector alone: each frame's detections, in the form of a tracker's results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
import math

from efficientsam3_ros.core import Frame, FrameResult, Instance, Prompt, TrackState
from efficientsam3_ros.engine import Engine
from efficientsam3_ros.tracking import StepTimes, TrackerConfig
from efficientsam3_ros.tracking.inference import Inference
from efficientsam3_ros.tracking.prompts.prompt_set import PromptSet
from efficientsam3_ros.tracking.step_times import StepTimer


class FrameDetector:
    """Runs the detector on every frame; no frame knows of another.

    Each detection gets an id of its own, which says nothing of other frames.

    Args:
        engine: Runs the bundle's graphs; stays the caller's to close.
        config: Threshold, mask, size and suppression settings; the others are not used.
        prompts: What to look for.

    Raises:
        BundleError: If the detector lacks an output that the tracker reads.
        PromptError: If a prompt cannot be served.
    """

    def __init__(self, engine: Engine, config: TrackerConfig, prompts: Sequence[Prompt]) -> None:
        # Nothing below the threshold is wanted, and no memory.
        self._config = replace(config, memory=False, keep_ratio=1.0, color_weight=0.0)
        self._prompts = PromptSet(engine)
        self._prompts.replace(prompts, config.max_prompts)
        own = config.detection_threshold
        threshold = engine.manifest.threshold if math.isnan(own) else own
        self._thresholds = self._prompts.thresholds(threshold)
        self._inference = Inference(engine, self._prompts)
        self._ids = 0
        self.times = StepTimes()

    @property
    def unknown_words(self) -> Mapping[str, tuple[str, ...]]:
        """Concept to its words that the model has never seen; only such concepts."""
        return self._prompts.unknown_words()

    def step(self, frame: Frame) -> FrameResult:
        """Detect in one frame.

        Raises:
            EngineError: If a graph fails.
        """
        timer = StepTimer()
        seen = self._inference.run(frame, 0, (), self._thresholds, self._config, timer)
        detections = (seen[0].detections if seen else None) or ()
        names = {key: p.concept for key, p in zip(self._prompts.keys, self._prompts.prompts)}
        instances = tuple(
            Instance(
                self._ids + label,
                label,
                names[item.key],
                item.score,
                item.region.rle(),
                TrackState.TRACKED,
                mask_quality=item.quality,
            )
            for label, item in enumerate(detections, start=1)
        )
        self._ids += len(instances)
        self.times = timer.times
        size = (frame.height, frame.width)
        return FrameResult(frame.stamp_ns, frame.frame_id, *size, self._prompts.version, instances)
