"""From an image message to a published result; everything but the ROS plumbing."""

from __future__ import annotations

from collections.abc import Callable
import time
from typing import Any, TypeVar

from efficientsam3_ros.core import Frame, FrameResult
from efficientsam3_ros.core.messages.image_codec import ImageError
from efficientsam3_ros.core.messages.stamps import to_nanoseconds
from efficientsam3_ros.engine import EngineError
from efficientsam3_ros.tracking import ConceptTracker, TrackerConfig
from efficientsam3_ros.tracking.live.hooks import Hooks
from efficientsam3_ros.tracking.live.recent_images import RecentImages
from efficientsam3_ros.tracking.live.stamps import StampCheck, Verdict
from efficientsam3_ros.tracking.live.statistics import Statistics
from efficientsam3_ros.tracking.live.summary import Loss
from efficientsam3_ros.tracking.live.worker import Worker

JOB_TIMEOUT_S = 10.0

ResultT = TypeVar('ResultT')


class Pipeline:
    """Owns the tracker and the one thread in which it runs.

    Args:
        tracker: Is touched by the worker thread only, once the pipeline has started.
        hooks: The surroundings.
        check: Judges the stamps of images.
        statistics: Is told what happens to every image.
    """

    def __init__(
        self, tracker: ConceptTracker, hooks: Hooks, check: StampCheck, statistics: Statistics
    ) -> None:
        self._tracker = tracker
        self._hooks = hooks
        self._check = check
        self._recent = RecentImages()
        self._statistics = statistics
        self._failures = 0
        # Messages with the monotonic times of their arrival, seconds.
        self._worker: Worker[tuple[Any, float]] = Worker(self._process, self._crashed)

    def start(self) -> None:
        """Start the worker thread."""
        self._note_memory()
        self._worker.start()

    def stop(self) -> None:
        """End the worker thread after what is under way."""
        self._drop_waiting()
        self._worker.stop()
        self._statistics.remembers(0, 0)

    def submit(self, message: Any) -> None:
        """Hand over an image message; the newest wins. Returns at once."""
        self._statistics.arrived(frame_id=message.header.frame_id)
        for _ in range(self._worker.offer((message, time.monotonic()))):
            self._statistics.lost(Loss.BUSY)

    def refuse(self, error: ImageError) -> None:
        """Count and report what arrived in an image's place and is none."""
        self._statistics.arrived()
        self._unreadable(error)

    def pause(self) -> None:
        """Drop the image that waits; afterwards no image is processed any more."""

        def forget(tracker: ConceptTracker) -> None:
            self._check.forget()
            self._hooks.paused()

        self._drop_waiting()
        self.call(forget)

    def _drop_waiting(self) -> None:
        for _ in range(self._worker.clear()):
            self._statistics.lost(Loss.INACTIVE)

    def call(self, job: Callable[[ConceptTracker], ResultT]) -> ResultT:
        """Run a job on the tracker between two frames and return what it returns.

        What it raises, and changes, is seen by the caller before the next frame.
        """

        def run() -> ResultT:
            result = job(self._tracker)
            self._note_memory()
            self._hooks.changed()
            return result

        # The worker never waits for the caller's thread, so this ends after one frame at most.
        return self._worker.call(run).result(JOB_TIMEOUT_S)

    def recent(self, stamp_ns: int) -> Frame:
        """Return one of the last processed frames; only within a job of ``call``.

        Args:
            stamp_ns: Its stamp, nanoseconds.

        Raises:
            PromptError: If there is none of that stamp.
        """
        message = self._recent.find(stamp_ns)
        return Frame(self._hooks.decode(message), stamp_ns, message.header.frame_id)

    def configure(self, config: TrackerConfig, max_age_ns: int, jump_ns: int) -> None:
        """Change thresholds between two frames."""

        def apply(tracker: ConceptTracker) -> None:
            tracker.config = config
            self._check.max_age_ns, self._check.jump_ns = max_age_ns, jump_ns

        self.call(apply)

    def _note_memory(self) -> None:
        self._statistics.remembers(self._tracker.memory_bytes, self._tracker.remembered)

    def _process(self, arrival: tuple[Any, float]) -> None:
        message, arrived_s = arrival
        header, stamp_ns = message.header, to_nanoseconds(message.header.stamp)
        if not self._accept(stamp_ns):
            return
        try:
            rgb = self._hooks.decode(message)
        except ImageError as error:
            self._unreadable(error)
            return
        frame = Frame(rgb, stamp_ns, header.frame_id)
        self._recent.keep(stamp_ns, message)
        self._track(header, frame, arrived_s)

    def _track(self, header: Any, frame: Frame, arrived_s: float) -> None:
        """Publish a frame's result, and have the frame remembered afterwards."""
        published_s: list[float] = []

        def publish(result: FrameResult) -> None:
            self._hooks.publish(header, frame, result)
            published_s.append(time.monotonic())

        try:
            self._tracker.step(frame, publish)
        except EngineError as error:
            if not published_s:
                raise
            self._hooks.warn('memory', f'A published image could not be remembered: {error}')
        self._failures = 0
        self._note_memory()
        self._statistics.finished(published_s[0] - arrived_s, self._tracker.times)

    def _unreadable(self, error: ImageError) -> None:
        self._statistics.unreadable(error.fault)
        self._hooks.warn(f'image: {error.fault.value}', str(error))

    def _accept(self, stamp_ns: int) -> bool:
        verdict = self._check.judge(stamp_ns, self._hooks.now_ns())
        if verdict is Verdict.STALE:
            self._statistics.lost(Loss.STALE)
            self._hooks.warn('stale', 'Images are older than max_age and are dropped.')
            return False
        if verdict is Verdict.OUT_OF_ORDER:
            self._statistics.lost(Loss.OUT_OF_ORDER)
            self._hooks.warn('order', 'An image is older than the one before; it is dropped.')
            return False
        if verdict is Verdict.ZERO:
            self._statistics.unstamped()
            self._hooks.warn(
                'stamp', 'Images have a zero stamp; results cannot be paired with other topics.'
            )
        if verdict is Verdict.RESTARTED:
            self._statistics.restarted()
            self._hooks.warn('restart', 'Time jumped back; all tracks are forgotten.')
            self._tracker.reset()
            self._recent.forget()
        return True

    def _crashed(self, error: Exception) -> None:
        self._failures += 1
        self._statistics.lost(Loss.FAILED)
        self._hooks.warn(
            f'failed: {type(error).__name__}', f'An image could not be processed: {error!r}'
        )
        self._hooks.failed(self._failures, error)
