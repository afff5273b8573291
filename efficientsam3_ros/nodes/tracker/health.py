"""Turning figures into a verdict that an operator can act upon."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from efficientsam3_ros.nodes.images.publishers import Publishers
from efficientsam3_ros.nodes.tracker.condition import Condition, Limits
from efficientsam3_ros.nodes.tracker.figures import figures_of
from efficientsam3_ros.tracking.live.summary import Loss, Summary

# Before so many images have arrived, rates and percentiles say nothing.
_FEWEST_IMAGES = 20
_RELIEF = (
    'stop other programs, raise tracking.detect_every, lower the resolution or take a smaller '
    'bundle'
)


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


def judge(now: Summary, before: Summary, condition: Condition) -> Health:
    """Judge the time between two summaries.

    Args:
        now: The present figures.
        before: Those of the last report.
        condition: What they do not show.
    """
    level, message = _verdict(now, before, condition)
    values = {
        'publishers': condition.publishers.listed(),
        'reliability': condition.reliability,
        **figures_of(now),
    }
    return Health(level, message, values)


def _verdict(now: Summary, before: Summary, condition: Condition) -> tuple[Level, str]:
    if condition.error:
        return Level.ERROR, condition.error
    if not condition.active:
        return Level.OK, 'Not active.'
    failed = now.losses[Loss.FAILED] - before.losses[Loss.FAILED]
    if failed:
        return Level.ERROR, f'{failed} images could not be processed; see the log.'
    warning = (
        _content(now, before, condition) or _time(now, before) or _speed(now, condition.limits)
    )
    if warning:
        return Level.WARN, warning
    return Level.OK, f'{now.output_hz:.1f} of {now.published_hz:.1f} images a second.'


def _content(now: Summary, before: Summary, condition: Condition) -> str:
    """Return what is wrong with the images that arrive, or an empty text."""
    topic, publishers = condition.topic, condition.publishers
    if len(publishers.names) > 1:
        return (
            f'{len(publishers.names)} publishers share {topic} ({publishers.listed()}); remap '
            'all but one, as their images are taken for one view.'
        )
    unreadable = now.losses[Loss.UNREADABLE] - before.losses[Loss.UNREADABLE]
    if unreadable:
        causes = [f.value for f, n in now.unreadable.items() if n > before.unreadable[f]]
        return f'{unreadable} images could not be read ({", ".join(causes)}); see the log.'
    if now.frame_changes > before.frame_changes:
        return (
            f'The frame_id of the images changes ({" and ".join(now.frame_ids)}); let one camera '
            f'publish on {topic}.'
        )
    if now.received == before.received:
        return _silence(topic, condition.kind, publishers)
    return ''


def _silence(topic: str, kind: str, publishers: Publishers) -> str:
    """Return why no images arrive."""
    if not publishers.names:
        return f'Nobody publishes on {topic}; check the name of the topic and the camera.'
    if kind and kind not in publishers.kinds:
        return (
            f'{publishers.listed()} publishes {", ".join(publishers.kinds)} on {topic}, where '
            f'{kind} is expected; remap "image" to a topic of color images or change '
            'image_transport.'
        )
    return (
        f'No images arrive on {topic} from {publishers.listed()}; check the parameter '
        'reliability, and that the camera runs.'
    )


def _time(now: Summary, before: Summary) -> str:
    """Return what is wrong with the stamps, or an empty text."""
    if now.restarts > before.restarts:
        return 'Time jumped back; all tracks were forgotten.'
    late = sum(now.losses[c] - before.losses[c] for c in (Loss.STALE, Loss.OUT_OF_ORDER))
    if now.processed == before.processed and late:
        return 'All images are too old; check the clocks and max_age.'
    return ''


def _speed(now: Summary, limits: Limits) -> str:
    """Return how images are lost, late or too many, or an empty text."""
    published = now.published_hz
    if now.received < _FEWEST_IMAGES or not published:
        return ''
    if now.missed_hz > limits.loss * published:
        return (
            f'{now.missed_hz / published:.0%} of the images ({now.missed_hz:.1f} a second) are '
            'lost before the node; set the Fast DDS profile config/fastdds_images.xml for the '
            'camera, too, and let it publish reliable.'
        )
    if now.latency_p95_ms > limits.latency_s * 1e3:
        return (
            f'Results are late: {now.latency_p95_ms / 1e3:.2f} s from arrival (p95), more than '
            f'latency_warning; {_RELIEF}.'
        )
    if now.output_hz < limits.rate * published:
        return (
            f'Only {now.output_hz:.1f} of {published:.1f} images a second are processed, less '
            f'than rate_warning; {_RELIEF}.'
        )
    return ''
