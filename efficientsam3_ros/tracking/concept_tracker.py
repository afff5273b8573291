"""The streaming loop: one frame in, its instances out, no look-ahead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
import math

from efficientsam3_ros.core import Frame, FrameResult, Prompt
from efficientsam3_ros.engine import Engine
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.detection import ConceptDetector, Detection
from efficientsam3_ros.tracking.memory import Memory
from efficientsam3_ros.tracking.postprocess import select
from efficientsam3_ros.tracking.prompt_set import PromptSet
from efficientsam3_ros.tracking.reid import AppearanceMemory
from efficientsam3_ros.tracking.report import report
from efficientsam3_ros.tracking.step_times import StepTimes, Stopwatch
from efficientsam3_ros.tracking.track import Track
from efficientsam3_ros.tracking.track_table import TrackTable


class TrackError(ValueError):
    """A track id that does not exist; the message names it."""


class ConceptTracker:
    """Finds and follows every instance of the prompted concepts.

    Not safe for calls from several threads at once. Same engine, configuration, prompts and
    frames give the same results.

    Args:
        engine: Runs the bundle's graphs; stays the caller's to close.
        config: Thresholds; ``config`` may be assigned between frames.
        memory: Recognises tracks; by default a gallery of appearances.

    Raises:
        BundleError: If the detector lacks an output that the tracker reads.
    """

    def __init__(
        self, engine: Engine, config: TrackerConfig | None = None, memory: Memory | None = None
    ) -> None:
        self.config = config or TrackerConfig()
        self.times = StepTimes()
        self._engine = engine
        self._detector = ConceptDetector(engine)
        self._prompts = PromptSet(engine)
        self._table = TrackTable(AppearanceMemory() if memory is None else memory)
        self._frame = -1
        self._next_detection = 0
        self._size: tuple[int, int] | None = None

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        """The current prompts."""
        return self._prompts.prompts

    @property
    def concepts(self) -> tuple[str, ...]:
        """The current concepts, verbatim."""
        return tuple(prompt.concept for prompt in self.prompts)

    @property
    def prompt_version(self) -> int:
        """Number of prompt changes so far."""
        return self._prompts.version

    @property
    def unknown_words(self) -> dict[str, tuple[str, ...]]:
        """Concept to its words that the model has never seen; only such concepts."""
        return self._prompts.unknown_words()

    @property
    def tracks(self) -> tuple[Track, ...]:
        """All tracks, LOST ones included, ordered by id."""
        return self._table.tracks

    @property
    def threshold(self) -> float:
        """Score from which a detection counts unless its prompt says otherwise."""
        own = self.config.detection_threshold
        return self._engine.manifest.threshold if math.isnan(own) else own

    def set_prompts(self, prompts: Sequence[Prompt], reset_tracks: bool = False) -> int:
        """Ask for other concepts from the next frame on, which runs the detector.

        Args:
            prompts: The whole new set; empty stops the search. Concepts that stay keep their
                tracks and ids, the tracks of the others end.
            reset_tracks: End all tracks.

        Returns:
            The new prompt version.

        Raises:
            PromptError: If the set cannot be served; nothing changes then.
            EngineError: If the text encoder fails; nothing changes then.
        """
        version = self._prompts.replace(prompts, self.config.max_prompts)
        keys = self._prompts.keys
        self._table.end(t.track_id for t in self.tracks if reset_tracks or t.key not in keys)
        self._next_detection = self._frame + 1
        return version

    def remove_tracks(self, track_ids: Iterable[int] = ()) -> tuple[int, ...]:
        """End tracks; what is still in view is found anew under another id.

        Args:
            track_ids: Tracks to end; empty ends all.

        Returns:
            Ids of the remaining tracks.

        Raises:
            TrackError: If an id does not exist; nothing is removed then.
        """
        chosen = set(track_ids) or set(self._table.ids)
        unknown = sorted(chosen - set(self._table.ids))
        if unknown:
            raise TrackError(
                f'No track has the id {", ".join(map(str, unknown))}; the tracks are '
                f'{", ".join(map(str, self._table.ids)) or "none"}.'
            )
        self._table.end(chosen)
        return self._table.ids

    def reset(self) -> None:
        """Forget all tracks but not the prompts; ids are still never used again."""
        self._table.end(self._table.ids)
        self._next_detection = self._frame + 1

    def step(self, frame: Frame) -> FrameResult:
        """Process the next frame.

        Returns:
            The frame's instances; stamp and frame id are the frame's.

        Raises:
            EngineError: If a graph fails; the tracks are as before, the next frame may work.
        """
        self._frame += 1
        self.times = StepTimes()
        self._fit(frame)
        if self.prompts and self._frame >= self._next_detection:
            self._look(frame)
        watch = Stopwatch()
        self._table.expire(self._frame, self.config)
        size = (frame.height, frame.width)
        names = dict(zip(self._prompts.keys, self.concepts))
        instances = report(self.tracks, names, size, self._frame, self.config)
        self.times = replace(self.times, report=watch.lap())
        return FrameResult(frame.stamp_ns, frame.frame_id, *size, self.prompt_version, instances)

    def _fit(self, frame: Frame) -> None:
        """Carry the tracks over when the camera changes its resolution."""
        size = (frame.height, frame.width)
        if self._size not in (None, size):
            self._table.resize(*size)
            self._next_detection = self._frame
        self._size = size

    def _look(self, frame: Frame) -> None:
        """Run the network and let the tracks take in what it sees."""
        prompt_thresholds = self._prompts.thresholds(self.threshold)
        detections = self._detect(frame, prompt_thresholds)
        watch = Stopwatch()
        thresholds = dict(zip(self._prompts.keys, prompt_thresholds))
        self._table.update(detections, thresholds, self._frame, self.config)
        self._next_detection = self._frame + self.config.detect_every
        self.times = replace(self.times, tracking=watch.lap())

    def _detect(self, frame: Frame, thresholds: Sequence[float]) -> list[Detection]:
        watch = Stopwatch()
        image = self._engine.manifest.preprocess(frame.rgb)
        times = StepTimes(preprocess=watch.lap())
        features = self._detector.encode_image(image)
        times = replace(times, image_encoder=watch.lap())
        raw = self._detector.detect(features, *self._prompts.tokens(features))
        times = replace(times, detector=watch.lap())
        floors = [self.config.keep_ratio * value for value in thresholds]
        size = (frame.height, frame.width)
        found = select(raw, self._prompts.keys, floors, size, self.config)
        self.times = replace(times, postprocess=watch.lap())
        return found
