"""Turning figures into a verdict that an operator can act upon."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from efficientsam3_ros.tracking.live.statistics import Loss, Summary

_MEMORY_PARTS = ('propagation', 'memorise')
"""Parts of a step that a bundle without video memory never runs."""


class Level(Enum):
    """How bad it is; named as in ``DiagnosticStatus``."""

    OK = 'ok'
    WARN = 'warn'
    ERROR = 'error'


@dataclass(frozen=True)
class Health:
    """A verdict.

    Attributes:
        level: How bad it is.
        message: One sentence.
        values: Figure name to text.
    """

    level: Level
    message: str
    values: dict[str, str]


@dataclass
class Condition:
    """What the figures do not show.

    Attributes:
        active: Whether the node is to process images.
        error: Why it cannot, or an empty text.
        topic: Resolved name of the image topic.
        model: Name of the loaded bundle, or an empty text.
    """

    active: bool = False
    error: str = ''
    topic: str = 'image'
    model: str = ''


def judge(now: Summary, before: Summary, condition: Condition) -> Health:
    """Judge the time between two summaries.

    Args:
        now: The present figures.
        before: Those of the last report.
        condition: What they do not show.
    """
    level, message = _verdict(now, before, condition)
    return Health(level, message, _values(now))


def _verdict(now: Summary, before: Summary, condition: Condition) -> tuple[Level, str]:
    fresh = {cause: now.losses[cause] - before.losses[cause] for cause in Loss}
    if condition.error:
        return Level.ERROR, condition.error
    if not condition.active:
        return Level.OK, 'Not active.'
    if fresh[Loss.FAILED]:
        return Level.ERROR, f'{fresh[Loss.FAILED]} images could not be processed; see the log.'
    if fresh[Loss.UNREADABLE]:
        return Level.WARN, f'{fresh[Loss.UNREADABLE]} images could not be read; see the log.'
    if now.restarts > before.restarts:
        return Level.WARN, 'Time jumped back; all tracks were forgotten.'
    if now.received == before.received:
        return Level.WARN, (
            f'No images arrive on {condition.topic}; check that the camera publishes there, and '
            'the parameters reliability and image_transport.'
        )
    if now.processed == before.processed and (fresh[Loss.STALE] or fresh[Loss.OUT_OF_ORDER]):
        return Level.WARN, 'All images are too old; check the clocks and max_age.'
    return Level.OK, f'{now.output_hz:.1f} of {now.input_hz:.1f} images a second.'


def _values(now: Summary) -> dict[str, str]:
    steps = vars(now.steps)
    video_memory = {}
    if now.video_memory:
        video_memory = {
            'video memory (kB)': f'{now.video_memory / 1e3:.1f}',
            'remembered objects': str(now.remembered),
        }
    else:
        steps = {part: ms for part, ms in steps.items() if part not in _MEMORY_PARTS}
    return {
        'received': str(now.received),
        'processed': str(now.processed),
        **{f'dropped: {cause.value}': str(count) for cause, count in now.losses.items()},
        'time jumps back': str(now.restarts),
        'zero stamps': str(now.zero_stamps),
        'input rate (Hz)': f'{now.input_hz:.2f}',
        'output rate (Hz)': f'{now.output_hz:.2f}',
        'latency p50 (ms)': f'{now.latency_p50_ms:.1f}',
        'latency p95 (ms)': f'{now.latency_p95_ms:.1f}',
        **{f'step: {part.replace("_", " ")} (ms)': f'{ms:.1f}' for part, ms in steps.items()},
        'memory (MB)': f'{now.memory_mb:.0f}',
        **video_memory,
    }
