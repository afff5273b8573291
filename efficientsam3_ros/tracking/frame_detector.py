"""The detector alone: each frame's detections, in the form of a tracker's results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from efficientsam3_ros.core import Frame, FrameResult, Instance, Prompt, TrackState
from efficientsam3_ros.engine import Engine
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.detection.detector import ConceptDetector
from efficientsam3_ros.tracking.detection.postprocess import select
from efficientsam3_ros.tracking.prompts.prompt_set import PromptSet
from efficientsam3_ros.tracking.step_times import StepTimer, StepTimes


class FrameDetector:
    """Runs the detector on every frame; no frame knows of another.

    Each detection gets an id of its own, which says nothing of other frames.

    Args:
        engine: Runs the bundle's graphs; stays the caller's to close.
        config: Threshold, presence gate, mask, size and suppression settings; the others are not
            used.
        prompts: What to look for at first.

    Attributes:
        times: Where the time of the last step went.
        presence: float32 (K,), what the last frame says of each prompt's presence, 0..1.

    Raises:
        BundleError: If the detector lacks an output that is read.
        PromptError: If a prompt cannot be served.
    """

    def __init__(
        self, engine: Engine, config: TrackerConfig, prompts: Sequence[Prompt] = ()
    ) -> None:
        self._engine = engine
        self._config = config.resolved(engine.manifest)
        self._prompts = PromptSet(engine)
        self.set_prompts(prompts)
        self._detector = ConceptDetector(engine)
        self._ids = 0
        self.times = StepTimes()
        self.presence = np.zeros(0, np.float32)

    @property
    def concepts(self) -> tuple[str, ...]:
        """What is looked for, in the order of ``presence``."""
        return tuple(prompt.concept for prompt in self._prompts.prompts)

    @property
    def unknown_words(self) -> Mapping[str, tuple[str, ...]]:
        """Concept to its words that the model has never seen; only such concepts."""
        return self._prompts.unknown_words()

    def set_prompts(self, prompts: Sequence[Prompt]) -> None:
        """Look for other things from the next frame on, on which new exemplars lie.

        Raises:
            PromptError: If a prompt cannot be served.
        """
        self._prompts.replace(prompts, self._config.max_prompts)

    def step(self, frame: Frame) -> FrameResult:
        """Detect in one frame.

        Raises:
            EngineError: If a graph fails.
        """
        timer = StepTimer()
        if not self._prompts.prompts:
            self.times = timer.times
            return FrameResult(frame.stamp_ns, frame.frame_id, frame.height, frame.width, 1)
        image = self._engine.manifest.preprocess(frame.rgb)
        timer.lap('preprocess')
        features = self._detector.encode_image(image)
        timer.lap('image_encoder')
        raw = self._detector.detect(features, *self._prompts.tokens(features))
        timer.lap('detector')
        keys, size = self._prompts.keys, (frame.height, frame.width)
        floors = self._prompts.thresholds(self._config.detection_threshold)
        found = select(raw, keys, floors, size, self._config)
        self.presence = raw.presence
        names = dict(zip(keys, self.concepts))
        instances = [
            Instance(
                track_id=self._ids + label,
                label=label,
                concept=names[item.key],
                score=item.score,
                mask=item.region.rle(),
                state=TrackState.TRACKED,
                mask_quality=item.quality,
            )
            for label, item in enumerate(found, start=1)
        ]
        self._ids += len(instances)
        timer.lap('postprocess')
        self.times = timer.times
        return FrameResult(frame.stamp_ns, frame.frame_id, *size, 1, tuple(instances))
