"""Every frame waits for the tracker: reproducible, and as fast as the machine allows."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter
from typing import Protocol

from efficientsam3_ros.core import Frame, FrameResult
from efficientsam3_ros.evaluation.metrics.frame_account import FrameAccount
from efficientsam3_ros.evaluation.run.prediction import Prediction, Tick, sequence_timing
from efficientsam3_ros.tracking import StepTimes


class Stepper(Protocol):
    """A tracker, or whatever else answers frame by frame."""

    @property
    def times(self) -> StepTimes:
        """Where the time of the last step went."""

    def step(self, frame: Frame) -> FrameResult:
        """Process the next frame."""


def run_every_frame(tracker: Stepper, frames: Iterable[Frame], tick: Tick) -> Prediction:
    """Step over all frames.

    Args:
        tracker: Fresh, with its prompts.
        frames: In the order of their stamps.
        tick: Called after every frame.

    Raises:
        EngineError: If the network fails.
    """
    begin = perf_counter()
    stamps, results, latencies, steps = [], [], [], []
    for frame in frames:
        start = perf_counter()
        results.append(tracker.step(frame))
        latencies.append(perf_counter() - start)
        steps.append(tracker.times)
        stamps.append(frame.stamp_ns)
        tick()
    count, seconds = len(stamps), perf_counter() - begin
    timing = sequence_timing(count, FrameAccount(count, count), latencies, seconds, steps)
    return Prediction(tuple(stamps), tuple(results), timing)
