"""Calls timed side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

from efficientsam3_ros.cli.support.console import progress


def timed(
    calls: Sequence[Callable[[], object]], rounds: int, label: str
) -> list[tuple[float, ...]]:
    """Return each call's seconds in every round.

    Every round runs each call once, so that a disturbance hits all of them alike.

    Args:
        calls: What to time.
        rounds: Timed rounds, after one to warm up.
        label: Stands before the progress bar.
    """
    seconds: list[list[float]] = [[] for _ in calls]
    for number in progress(range(rounds + 1), label):
        for times, call in zip(seconds, calls):
            start = perf_counter()
            call()
            if number:
                times.append(perf_counter() - start)
    return [tuple(times) for times in seconds]
