"""Frames at their recorded pace into the tracker's own stream logic, in this process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
import time
from types import SimpleNamespace
from typing import Any

import numpy as np

from efficientsam3_ros.core import Frame, FrameResult
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.evaluation.run.prediction import (
    FrameAccountingError,
    Prediction,
    Tick,
    sequence_timing,
)
from efficientsam3_ros.evaluation.run.prompting import PromptFeed
from efficientsam3_ros.tracking import ConceptTracker, StepTimes
from efficientsam3_ros.tracking.live.hooks import Hooks
from efficientsam3_ros.tracking.live.pipeline import Pipeline
from efficientsam3_ros.tracking.live.stamps import StampCheck
from efficientsam3_ros.tracking.live.statistics import Statistics

PATIENCE_S = 120.0
_LOOK_S = 0.005


def run_realtime(
    tracker: ConceptTracker,
    frames: Iterable[Frame],
    tick: Tick,
    feed: PromptFeed | None = None,
) -> Prediction:
    """Offer each frame when it is due, whether the tracker is ready or not.

    The thread, the slot for the newest frame and the check of stamps are those of the tracker
    node; only the transport is missing.

    Args:
        tracker: Fresh, with its prompts.
        frames: In the order of their stamps.
        tick: Called after every frame.
        feed: Gives prompts in the thread of the tracker, before the frame from which they count,
            or the next one if that is dropped.

    Raises:
        FrameAccountingError: If a frame is unaccounted for.
    """
    stream = _Stream(tracker, feed)
    begin = time.monotonic()
    try:
        stream.play(frames, tick)
        stream.finish()
    finally:
        stream.pipeline.stop()
    return stream.prediction(time.monotonic() - begin)


@dataclass
class _Stream:
    """A pipeline, and what is heard of it."""

    tracker: ConceptTracker
    feed: PromptFeed | None = None
    stamps: list[int] = field(default_factory=list)
    results: dict[int, FrameResult] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    steps: list[StepTimes] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)
    late_s: float = 0.0

    def __post_init__(self) -> None:
        hooks = Hooks(
            decode=self._decode,
            publish=self._publish,
            warn=lambda key, text: self.warnings.update([text]),
            now_ns=lambda: 0,
        )
        self.statistics = Statistics()
        self.pipeline = Pipeline(self.tracker, hooks, StampCheck(), self.statistics)
        self.pipeline.start()

    def play(self, frames: Iterable[Frame], tick: Tick) -> None:
        begin: tuple[float, int] | None = None
        for index, frame in enumerate(frames):
            # Counted from the first frame in hand, as opening a source takes its time.
            begin = begin or (time.monotonic(), frame.stamp_ns)
            due = begin[0] + (frame.stamp_ns - begin[1]) / SECOND_NS
            left = due - time.monotonic()
            self.late_s = max(self.late_s, -left)
            time.sleep(max(0.0, left))
            self.stamps.append(frame.stamp_ns)
            self.pipeline.submit(_message(index, frame))
            tick()

    def finish(self) -> None:
        """Wait until every frame is accounted for."""
        end = time.monotonic() + PATIENCE_S
        while (counts := self.statistics.summary()).received != counts.processed + sum(
            counts.losses.values()
        ):
            if time.monotonic() > end:
                raise FrameAccountingError(f'The tracker hangs: {counts} after {PATIENCE_S:g} s.')
            time.sleep(_LOOK_S)

    def prediction(self, seconds: float) -> Prediction:
        counts = self.statistics.summary()
        dropped = {cause.value: count for cause, count in counts.losses.items()}
        timing = sequence_timing(
            len(self.stamps),
            counts.received,
            len(self.latencies),
            dropped,
            self.latencies,
            seconds,
            self.steps,
            self.late_s,
        )
        results = tuple(self.results.get(index) for index in range(len(self.stamps)))
        notes = tuple(f'{count} times: {text}' for text, count in self.warnings.items())
        return Prediction(tuple(self.stamps), results, timing, notes)

    def _decode(self, message: Any) -> np.ndarray:
        # The last thing before the tracker's step, and in its thread.
        if self.feed is not None:
            self.feed.before(message.frame.stamp_ns)
        return np.asarray(message.frame.rgb)

    def _publish(self, header: Any, frame: Frame, result: FrameResult) -> None:
        self.latencies.append(time.monotonic() - header.offered_s)
        self.results[header.index] = result
        self.steps.append(self.tracker.times)


def _message(index: int, frame: Frame) -> SimpleNamespace:
    """Return what looks like an image message to the pipeline."""
    sec, nanosec = divmod(frame.stamp_ns, SECOND_NS)
    stamp = SimpleNamespace(sec=sec, nanosec=nanosec)
    header = SimpleNamespace(
        index=index, stamp=stamp, frame_id=frame.frame_id, offered_s=time.monotonic()
    )
    return SimpleNamespace(header=header, frame=frame)
