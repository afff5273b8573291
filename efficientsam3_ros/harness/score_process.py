"""Scoring in a process of its own, while this one writes pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
import signal
from typing import TYPE_CHECKING

from efficientsam3_ros.core import FrameResult

if TYPE_CHECKING:
    from efficientsam3_ros.evaluation.scoring.measure import Measurement


@contextmanager
def measured_meanwhile(
    truth: Sequence[FrameResult], results: Sequence[FrameResult], concepts: Sequence[str]
) -> Iterator[Callable[[], Measurement]]:
    """Measure during a block; see ``measure``.

    Args:
        truth: One entry a frame.
        results: One entry a frame.
        concepts: What was asked for.

    Yields:
        What waits for the measurement and returns it, or raises what ``measure`` raised.
    """
    # Not forked: the middleware may still have threads here.
    context = get_context('spawn')
    with ProcessPoolExecutor(1, context, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        coming = pool.submit(_measure, truth, results, concepts)

        def measured() -> Measurement:
            try:
                return coming.result()
            except BrokenProcessPool:  # killed, as for want of memory
                return _measure(truth, results, concepts)

        yield measured


def _measure(
    truth: Sequence[FrameResult], results: Sequence[FrameResult], concepts: Sequence[str]
) -> Measurement:
    # The import takes a second, which the other process shall not wait for.
    from efficientsam3_ros.evaluation.scoring.measure import measure

    return measure(truth, results, concepts)
