"""Figures of a node at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from efficientsam3_ros.core.messages.image_fault import ImageFault
from efficientsam3_ros.tracking.step_times import StepTimes


class Loss(Enum):
    """Why an image was not processed."""

    BUSY = 'busy'
    STALE = 'stale'
    OUT_OF_ORDER = 'out of order'
    INACTIVE = 'inactive'
    UNREADABLE = 'unreadable'
    FAILED = 'failed'


@dataclass(frozen=True)
class Summary:
    """Figures of a node at one moment.

    Attributes:
        received: Images that arrived since the start.
        processed: Images that led to a result since the start.
        losses: Images that did not, by cause, since the start.
        unreadable: Those that could not be read, by what is wrong with them, since the start.
        missed: Images that were published but did not arrive, since the start.
        missed_hz: The same, images a second within the window.
        frame_ids: The newest two frames of images; one while they do not change.
        frame_changes: Times that it changed since the start.
        restarts: Times that the stamps jumped back since the start.
        zero_stamps: Images without a stamp since the start.
        input_hz: Images a second that arrived within the window.
        output_hz: Results a second within the window.
        latency_p50_ms: Median time from arrival to published result within the window; NaN
            without results.
        latency_p95_ms: 95th percentile of the same.
        steps: Mean time of each part of a step within the window.
        memory_mb: Resident memory of the process, megabytes.
        video_memory: Bytes that the tracker's video memory takes, whatever it holds; 0 where
            there is none.
        remembered: How many objects it holds.

    ``received`` is ``processed`` plus all ``losses`` plus at most two images under way.
    """

    received: int
    processed: int
    losses: dict[Loss, int]
    unreadable: dict[ImageFault, int]
    missed: int
    missed_hz: float
    frame_ids: tuple[str, ...]
    frame_changes: int
    restarts: int
    zero_stamps: int
    input_hz: float
    output_hz: float
    latency_p50_ms: float
    latency_p95_ms: float
    steps: StepTimes
    memory_mb: float
    video_memory: int
    remembered: int

    @property
    def published_hz(self) -> float:
        """Images a second within the window that were published, as far as is known."""
        return self.input_hz + self.missed_hz
