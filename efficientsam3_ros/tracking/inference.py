"""Running what a frame needs of the network, and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from efficientsam3_ros.core import Frame, TrackState
from efficientsam3_ros.engine import Engine, Value
from efficientsam3_ros.tracking.association.observations import Observations
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.detection.color_histogram import colored
from efficientsam3_ros.tracking.detection.detector import ConceptDetector
from efficientsam3_ros.tracking.detection.postprocess import select
from efficientsam3_ros.tracking.lifecycle.memory_schedule import skipped
from efficientsam3_ros.tracking.memory.object_memory import ObjectMemory
from efficientsam3_ros.tracking.prompts.prompt_set import PromptSet
from efficientsam3_ros.tracking.schedule import DetectionSchedule
from efficientsam3_ros.tracking.step_times import StepTimer
from efficientsam3_ros.tracking.track import Track


class Inference:
    """Looks at frames with the detector, and with the video memory where there is one.

    Nothing that it runs changes the tracks or what is remembered of them.

    Args:
        engine: Runs the graphs.
        prompts: What is looked for.

    Raises:
        BundleError: If the detector lacks an output that the tracker reads.
    """

    def __init__(self, engine: Engine, prompts: PromptSet) -> None:
        self._engine = engine
        self._prompts = prompts
        self._detector = ConceptDetector(engine)
        self.memory = None if engine.manifest.memory is None else ObjectMemory(engine)
        self.schedule = DetectionSchedule()

    def memory_in_use(self, config: TrackerConfig) -> ObjectMemory | None:
        """Return the video memory; None if there is none, or it is switched off and thus freed."""
        if self.memory is not None and not config.memory:
            self.memory.ring.retain(())
            return None
        return self.memory

    def features(self, frame: Frame) -> dict[str, Value]:
        """Return the feature levels of a frame, for exemplars that lie on it.

        Raises:
            EngineError: If the image encoder fails.
        """
        return self._detector.encode_image(self._engine.manifest.preprocess(frame.rgb))

    def run(
        self,
        frame: Frame,
        number: int,
        tracks: Sequence[Track],
        config: TrackerConfig,
        timer: StepTimer,
    ) -> tuple[Observations, dict[str, Value]] | None:
        """Look at a frame.

        Args:
            frame: The frame.
            number: Frame number.
            tracks: As they are before the frame.
            config: When to detect, and what counts; without NaN.
            timer: Is told how long the parts take.

        Returns:
            What it shows, and its feature levels; None if the network may rest.

        Raises:
            EngineError: If a graph fails.
        """
        memory, due = self.memory_in_use(config), self.schedule.due(number)
        if memory is None and not due:
            return None
        followed = [] if memory is None else _followed(memory, tracks, number, config)
        if not (due or followed or self.schedule.needed(frame.rgb, (), {}, config)):
            return None
        image = self._engine.manifest.preprocess(frame.rgb)
        timer.lap('preprocess')
        features = self._detector.encode_image(image)
        timer.lap('image_encoder')
        thresholds = self._prompts.thresholds(config.detection_threshold)
        observations = Observations(number, config, dict(zip(self._prompts.keys, thresholds)))
        if due:
            observations = self._detect(observations, features, frame, timer)
        if memory is not None:
            observations = _propagate(observations, memory, features, tracks, followed, frame)
            timer.lap('propagation')
        if not due and self.schedule.needed(
            frame.rgb, tracks, observations.memory_predictions, config
        ):
            observations = self._detect(observations, features, frame, timer)
        return observations, features

    def _detect(
        self,
        observations: Observations,
        features: Mapping[str, Value],
        frame: Frame,
        timer: StepTimer,
    ) -> Observations:
        """Run the detector for all prompts."""
        config = observations.config
        raw = self._detector.detect(features, *self._prompts.tokens(features))
        timer.lap('detector')
        floors = [config.keep_ratio * value for value in observations.thresholds.values()]
        size = (frame.height, frame.width)
        found = select(raw, self._prompts.keys, floors, size, config)
        found = [colored(item, frame.rgb, config.color_weight) for item in found]
        timer.lap('postprocess')
        return replace(observations, detections=found)


def _propagate(
    observations: Observations,
    memory: ObjectMemory,
    features: Mapping[str, Value],
    tracks: Sequence[Track],
    followed: Sequence[int],
    frame: Frame,
) -> Observations:
    """Propagate the followed tracks that the detections do not plainly continue."""
    alone = frozenset[int]()
    if observations.detections is not None:
        alone = skipped(tracks, followed, observations, memory.ring)
    wanted = [i for i in followed if i not in alone]
    size = (frame.height, frame.width)
    found = memory.propagate(features, wanted, observations.frame, size, observations.config)
    return replace(observations, memory_predictions=found, skipped=alone)


def _followed(
    memory: ObjectMemory, tracks: Sequence[Track], frame: int, config: TrackerConfig
) -> list[int]:
    """Return the tracks in memory that are propagated: all but those lost for too long."""
    return [
        track.track_id
        for track in tracks
        if track.track_id in memory.ring
        and (
            track.state(frame, config) is not TrackState.LOST
            or frame - track.last_seen <= config.search_lost
        )
    ]
