"""What a tracker said of a sequence, frame by frame, and how long it took."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
import math
from typing import Protocol

import numpy as np

from efficientsam3_ros.core import FrameResult, Prompt
from efficientsam3_ros.datasets.sequence import Sequence as FrameSequence
from efficientsam3_ros.evaluation.metrics.latency import LatencySummary
from efficientsam3_ros.evaluation.sequence_result import SequenceTiming
from efficientsam3_ros.tracking import StepTimes

_BINS = 50
_MS = 1e3

Tick = Callable[[], object]
"""Called after every frame of the source, for a progress bar."""


class FrameAccountingError(RuntimeError):
    """Frames that were neither processed nor dropped for a known cause."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """Results of one sequence.

    Attributes:
        stamps_ns: Stamps of all frames of the source.
        results: One entry a frame; None where the tracker never saw it.
        timing: Times and losses.
        notes: What went wrong on the way.
    """

    stamps_ns: tuple[int, ...]
    results: tuple[FrameResult | None, ...]
    timing: SequenceTiming
    notes: tuple[str, ...] = ()

    def held(self) -> tuple[FrameResult | None, ...]:
        """Return what a robot had at each frame: where one was dropped, the result before it.

        None stands before the first result only. Stamps are those of the frames.
        """
        last: FrameResult | None = None
        held = []
        for stamp_ns, result in zip(self.stamps_ns, self.results):
            last = last if result is None else result
            held.append(None if last is None else replace(last, stamp_ns=stamp_ns))
        return tuple(held)


class Predictor(Protocol):
    """Runs a tracker over one sequence after another."""

    def predict(
        self, sequence: FrameSequence, prompts: Sequence[Prompt], tick: Tick
    ) -> Prediction:
        """Run over a sequence with a tracker that knows nothing of the ones before."""

    def close(self) -> None:
        """Free the network."""


def sequence_timing(
    offered: int,
    received: int,
    processed: int,
    dropped: Mapping[str, int],
    latencies: Sequence[float],
    seconds: float,
    steps: Sequence[StepTimes] = (),
    late_s: float = math.nan,
    harness_cpu_share: float = math.nan,
) -> SequenceTiming:
    """Summarise times and check that every frame is accounted for.

    Args:
        offered: Frames that the source sent.
        received: Frames that reached the tracker.
        processed: Frames that led to a result.
        dropped: Cause to number of the others.
        latencies: Seconds, one for each result that came back.
        seconds: Wall time.
        steps: Parts of each tracker step.
        late_s: How far the source fell behind its pace, seconds.
        harness_cpu_share: CPU time of the measuring process over wall time.

    Raises:
        FrameAccountingError: If received is not processed plus dropped.
    """
    lost = sum(dropped.values())
    if received != processed + lost:
        raise FrameAccountingError(
            f'{received} frames were received, but {processed} processed and {lost} dropped '
            f'({dict(dropped)}); the figures of this run cannot be trusted, run it again.'
        )
    summary = LatencySummary.of(latencies)
    width = _bin_width(latencies)
    return SequenceTiming(
        offered=offered,
        received=received,
        processed=processed,
        undelivered=processed - len(latencies),
        dropped={cause: count for cause, count in dropped.items() if count},
        seconds=seconds,
        late_ms=_MS * late_s,
        p50_ms=_MS * summary.p50,
        p95_ms=_MS * summary.p95,
        p99_ms=_MS * summary.p99,
        max_ms=_MS * summary.max,
        stages=_stages(steps),
        histogram=_histogram(latencies, width),
        histogram_ms=width,
        harness_cpu_share=harness_cpu_share,
    )


def _stages(steps: Sequence[StepTimes]) -> dict[str, float]:
    if not steps:
        return {}
    return {name: float(np.median([getattr(s, name) for s in steps])) for name in vars(steps[0])}


def _bin_width(latencies: Sequence[float]) -> float:
    """Return 1, 2 or 5 times a power of ten milliseconds, so that ``_BINS`` hold nearly all."""
    if not latencies:
        return math.nan
    wanted = max(float(np.percentile(latencies, 99)) * _MS / _BINS, 1e-3)
    power = 10.0 ** np.floor(np.log10(wanted))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= wanted))


def _histogram(latencies: Sequence[float], width_ms: float) -> tuple[int, ...]:
    if not latencies:
        return ()
    bins = np.minimum(np.asarray(latencies) * _MS / width_ms, _BINS - 1).astype(int)
    return tuple(int(count) for count in np.bincount(bins, minlength=_BINS))
