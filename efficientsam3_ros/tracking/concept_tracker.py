"""The streaming loop: one frame in, its instances out, no look-ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from efficientsam3_ros.core import Frame, FrameResult, Prompt
from efficientsam3_ros.engine import Engine
from efficientsam3_ros.tracking.association.appearance import Appearance, AppearanceGallery
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.inference import Inference
from efficientsam3_ros.tracking.lifecycle.exemplar_feedback import exemplar_feedback
from efficientsam3_ros.tracking.lifecycle.ids import IdAllocator
from efficientsam3_ros.tracking.lifecycle.memory_update import MemoryUpdate
from efficientsam3_ros.tracking.lifecycle.track_table import TrackTable
from efficientsam3_ros.tracking.output import output
from efficientsam3_ros.tracking.prompts.prompt_set import PromptSet
from efficientsam3_ros.tracking.prompts.renaming import check_renaming
from efficientsam3_ros.tracking.step_times import StepTimer, StepTimes
from efficientsam3_ros.tracking.track import Track


class TrackError(ValueError):
    """A track id that does not exist; the message names it."""


class ConceptTracker:
    """Finds and follows every instance of the prompted concepts.

    With a bundle that has a video memory, every frame is searched for the known objects, and
    detections start, support and correct the tracks; else detections alone make them.

    Not safe for calls from several threads at once. Same engine, configuration, prompts and
    frames give the same results.

    Args:
        engine: Runs the bundle's graphs; stays the caller's to close.
        config: Thresholds; ``config`` may be assigned between frames.
        appearance: Recognises tracks; by default a gallery of appearances.
        numbering: Gives ids and labels; that of an earlier tracker's successor repeats no id.

    Raises:
        BundleError: If the detector lacks an output that the tracker reads.
    """

    def __init__(
        self,
        engine: Engine,
        config: TrackerConfig | None = None,
        appearance: Appearance | None = None,
        numbering: IdAllocator | None = None,
    ) -> None:
        self._engine = engine
        self.config = config or TrackerConfig()
        self.times = StepTimes()
        self._prompts = PromptSet(engine)
        self._inference = Inference(engine, self._prompts)
        self._table = TrackTable(
            AppearanceGallery() if appearance is None else appearance, numbering or IdAllocator()
        )
        self._force_conditioning: set[int] = set()
        self._frame = -1
        self._size: tuple[int, int] | None = None
        self._stamp_ns: int | None = None

    @property
    def config(self) -> TrackerConfig:
        """Thresholds; may be assigned between frames."""
        return self._config

    @config.setter
    def config(self, config: TrackerConfig) -> None:
        self._config, self._resolved = config, config.resolved(self._engine.manifest)

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
    def memory_bytes(self) -> int:
        """Bytes that the video memory takes, whatever it holds; 0 in a bundle without one."""
        return 0 if self._inference.memory is None else self._inference.memory.ring.nbytes

    @property
    def remembered(self) -> int:
        """Number of objects that the video memory holds."""
        return 0 if self._inference.memory is None else len(self._inference.memory.ring)

    def set_prompts(
        self,
        prompts: Sequence[Prompt],
        reset_tracks: bool = False,
        renamed: Mapping[str, str] | None = None,
        shown_on: Frame | None = None,
    ) -> int:
        """Ask for other concepts from the next frame on, which runs the detector.

        With a video memory, a new exemplar on a track of its concept affirms it (the next good
        detection becomes a conditioning view) or denies it (only a detection shows it again).

        Args:
            prompts: The whole new set; empty stops the search. Concepts that stay keep their
                tracks and ids, the tracks of the others end.
            reset_tracks: End all tracks.
            renamed: Old concept to the new one that takes over its tracks with their ids, and
                its exemplars as they were seen.
            shown_on: The frame on which new exemplars lie, an earlier one; by default the next.

        Returns:
            The new prompt version.

        Raises:
            PromptError: If the set cannot be served; nothing changes then.
            EngineError: If an encoder fails; nothing changes then.
        """
        names = check_renaming(renamed or {}, self.prompts, prompts)
        before = self.prompts
        features = None
        if shown_on is not None and any(prompt.has_exemplars for prompt in prompts):
            features = self._inference.features(shown_on)
        version = self._prompts.replace(prompts, self.config.max_prompts, names, features)
        self._table.rename(names)
        keys = self._prompts.keys
        self._end(t.track_id for t in self.tracks if reset_tracks or t.key not in keys)
        # Masks are those of the last frame; on an earlier one the objects were elsewhere.
        if shown_on is None or shown_on.stamp_ns == self._stamp_ns:
            self._point(before, names)
        self._inference.schedule.request()
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
        self._end(chosen)
        return self._table.ids

    def reset(self) -> None:
        """Forget all tracks but not the prompts; ids are still never used again."""
        self._end(self._table.ids)
        self._inference.schedule.request()

    def step(
        self, frame: Frame, publish: Callable[[FrameResult], None] | None = None
    ) -> FrameResult:
        """Process the next frame.

        Args:
            frame: The frame.
            publish: Is called with the result as soon as it stands, before the memory takes the
                frame in; whoever waits for the result thus need not wait for that.

        Returns:
            The frame's instances; stamp and frame id are the frame's.

        Raises:
            EngineError: If a graph fails; the tracks are as before, the next frame may work. If
                it is the memory's encoder, the tracks are those of the frame, which is not
                remembered.
        """
        self._frame += 1
        self._stamp_ns = frame.stamp_ns
        timer = StepTimer()
        self._fit(frame)
        update = self._look(frame, timer) if self.prompts else None
        self._table.end(self._table.expired(self._frame, self.config))
        result = self._result(frame)
        timer.lap('report')
        try:
            if publish is not None:
                publish(result)
                timer.skip()
        finally:
            self._remember(update, timer)
        return result

    def _look(self, frame: Frame, timer: StepTimer) -> MemoryUpdate | None:
        """Let the tracks take in what a frame shows; return what the memory is to take in."""
        seen = self._inference.run(frame, self._frame, self.tracks, self._resolved, timer)
        if seen is None:
            return None
        observations, features = seen
        memory = self._inference.memory_in_use(self.config)
        decision = self._table.decide(observations)
        update = None
        if memory is not None:
            lost = self._table.lost(self._frame, self.config)
            update = MemoryUpdate.choose(
                memory, features, decision, observations, lost, self._force_conditioning
            )
        self._table.commit(decision, observations)
        if observations.detections is not None:
            self._inference.schedule.detected(self._frame, frame.rgb, self.config)
        timer.lap('tracking')
        return update

    def _result(self, frame: Frame) -> FrameResult:
        """Return what is known of a frame."""
        size = (frame.height, frame.width)
        names = dict(zip(self._prompts.keys, self.concepts))
        instances = output(self.tracks, names, size, self._frame, self.config)
        return FrameResult(frame.stamp_ns, frame.frame_id, *size, self.prompt_version, instances)

    def _remember(self, update: MemoryUpdate | None, timer: StepTimer) -> None:
        """Let the memory take a frame in, and free what it holds of tracks that ended."""
        try:
            if update is not None:
                update.apply()
                self._force_conditioning -= update.conditioned
        finally:
            self._end(())
            timer.lap('memorise')
            self.times = timer.times

    def _fit(self, frame: Frame) -> None:
        """Carry the tracks over when the camera changes its resolution."""
        size = (frame.height, frame.width)
        if self._size not in (None, size):
            self._table.resize(*size)
            self._inference.schedule.request()
        self._size = size

    def _point(self, before: Iterable[Prompt], renamed: Mapping[str, str]) -> None:
        """Let new exemplars affirm or deny the tracks on which they lie."""
        memory = self._inference.memory_in_use(self.config)
        if memory is None:
            return
        pointed = exemplar_feedback(self.prompts, before, renamed, self.tracks)
        denied = {track_id for track_id, affirmed in pointed.items() if not affirmed}
        self._force_conditioning |= pointed.keys() - denied
        self._table.hide(denied, self.config)
        memory.ring.retain(set(self._table.ids) - denied)

    def _end(self, track_ids: Iterable[int]) -> None:
        """End tracks, and free what is held of all that ended in this frame."""
        self._table.end(track_ids)
        self._force_conditioning &= set(self._table.ids)
        if self._inference.memory is not None:
            self._inference.memory.ring.retain(self._table.ids)
