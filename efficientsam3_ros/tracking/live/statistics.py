"""Counts images, results and losses; rates and latencies of some seconds, in bounded memory."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from threading import Lock
import time

import numpy as np

from efficientsam3_ros.core.messages.image_fault import ImageFault
from efficientsam3_ros.tracking.live.resident_memory import resident_bytes
from efficientsam3_ros.tracking.live.summary import Loss, Summary
from efficientsam3_ros.tracking.step_times import StepTimes

WINDOW_S = 10.0
WINDOW_FRAMES = 1000
MEGABYTE = 1e6


@dataclass
class Statistics:
    """Counts what happens to images; every method may be called from any thread."""

    received: int = 0
    processed: int = 0
    restarts: int = 0
    zero_stamps: int = 0
    video_memory: int = 0
    remembered: int = 0
    missed: int = 0
    frame_changes: int = 0
    _losses: Counter[Loss] = field(default_factory=Counter)
    _unreadable: Counter[ImageFault] = field(default_factory=Counter)
    _frame_ids: deque[str] = field(default_factory=lambda: deque(maxlen=2))
    _misses: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=WINDOW_FRAMES))
    _arrivals: deque[float] = field(default_factory=lambda: deque(maxlen=WINDOW_FRAMES))
    _results: deque[tuple[float, float, StepTimes]] = field(
        default_factory=lambda: deque(maxlen=WINDOW_FRAMES)
    )
    _lock: Lock = field(default_factory=Lock)

    def arrived(self, now_s: float | None = None, frame_id: str | None = None) -> None:
        """Count an incoming image at a monotonic time in seconds; its frame may be unknown."""
        with self._lock:
            self.received += 1
            self._arrivals.append(time.monotonic() if now_s is None else now_s)
            if frame_id is not None and (not self._frame_ids or self._frame_ids[-1] != frame_id):
                self.frame_changes += len(self._frame_ids) > 0
                self._frame_ids.append(frame_id)

    def missing(self, count: int, now_s: float | None = None) -> None:
        """Count images that were published and did not arrive."""
        now = time.monotonic() if now_s is None else now_s
        if count:
            with self._lock:
                self.missed += count
                self._misses.append((now, count))

    def finished(self, latency_s: float, step: StepTimes, now_s: float | None = None) -> None:
        """Count a published result with its time since the image arrived, seconds."""
        now = time.monotonic() if now_s is None else now_s
        with self._lock:
            self.processed += 1
            self._results.append((now, latency_s, step))

    def lost(self, cause: Loss) -> None:
        """Count an image that is not processed."""
        with self._lock:
            self._losses[cause] += 1

    def unreadable(self, fault: ImageFault) -> None:
        """Count an image that cannot be read."""
        with self._lock:
            self._losses[Loss.UNREADABLE] += 1
            self._unreadable[fault] += 1

    def restarted(self) -> None:
        """Count a jump back in time."""
        with self._lock:
            self.restarts += 1

    def unstamped(self) -> None:
        """Count an image without a stamp."""
        with self._lock:
            self.zero_stamps += 1

    def remembers(self, size: int, objects: int) -> None:
        """Note what the video memory takes, bytes, and how many objects it holds."""
        with self._lock:
            self.video_memory, self.remembered = size, objects

    def summary(self, now_s: float | None = None) -> Summary:
        """Return the figures at a monotonic time in seconds."""
        now = time.monotonic() if now_s is None else now_s
        with self._lock:
            recent = [result for result in self._results if now - result[0] <= WINDOW_S]
            latencies = [latency_s * 1e3 for _, latency_s, _ in recent]
            p50, p95 = np.percentile(latencies, (50, 95)) if latencies else (np.nan, np.nan)
            return Summary(
                received=self.received,
                processed=self.processed,
                losses={cause: self._losses[cause] for cause in Loss},
                unreadable={fault: self._unreadable[fault] for fault in ImageFault},
                missed=self.missed,
                missed_hz=self._missed_hz(now),
                frame_ids=tuple(self._frame_ids),
                frame_changes=self.frame_changes,
                restarts=self.restarts,
                zero_stamps=self.zero_stamps,
                input_hz=_rate(list(self._arrivals), now),
                output_hz=_rate([at for at, _, _ in self._results], now),
                latency_p50_ms=float(p50),
                latency_p95_ms=float(p95),
                steps=StepTimes.mean([step for _, _, step in recent]),
                memory_mb=resident_bytes() / MEGABYTE,
                video_memory=self.video_memory,
                remembered=self.remembered,
            )

    def _missed_hz(self, now: float) -> float:
        recent = sum(count for at, count in self._misses if now - at <= WINDOW_S)
        first = next((at for at in self._arrivals if now - at <= WINDOW_S), now - WINDOW_S)
        return recent / max(now - first, 1.0)


def _rate(times: list[float], now: float) -> float:
    recent = [at for at in times if now - at <= WINDOW_S]
    if len(recent) < 2:
        return 0.0
    # Measured up to now, so that a stream that stopped is seen to slow down.
    return (len(recent) - 1) / max(now - recent[0], recent[-1] - recent[0], 1e-9)
