"""Rate, latency and losses of a live run, with every frame accounted for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.evaluation.metrics.latency import LatencySummary
from efficientsam3_ros.harness.recorder import Recording

_DROPPED = 'dropped: '


@dataclass(frozen=True)
class LiveFigures:
    """Rate, latency and losses of a live run.

    Attributes:
        offered: Images that the camera published.
        received: Images that reached the tracker.
        processed: Images that led to a result.
        dropped: Images that did not, by cause.
        rate: Median over whole seconds of results a second.
        latency: Seconds from an image's stamp to the receipt of its result.
    """

    offered: int
    received: int
    processed: int
    dropped: dict[str, int]
    rate: float
    latency: LatencySummary

    @classmethod
    def of(cls, recording: Recording) -> LiveFigures:
        """Summarise what was heard."""
        counters = recording.counters
        return cls(
            offered=len(recording.offered),
            received=int(counters.get('received', 0)),
            processed=int(counters.get('processed', 0)),
            dropped={
                name.removeprefix(_DROPPED): int(value)
                for name, value in counters.items()
                if name.startswith(_DROPPED)
            },
            rate=median_rate(recording.receipts),
            latency=LatencySummary.of(recording.latencies),
        )

    @property
    def under_way(self) -> int:
        """Images received but neither processed nor dropped at the last report."""
        return self.received - self.processed - sum(self.dropped.values())

    def lines(self) -> list[str]:
        """Return sentences for people."""
        late = self.latency
        drops = ', '.join(f'{count} {cause}' for cause, count in self.dropped.items() if count)
        return [
            f'processed frames/s     {self.rate:.1f} (median over seconds)',
            'latency stamp→receipt  '
            f'p50 {1e3 * late.p50:.0f} ms, p95 {1e3 * late.p95:.0f} ms, '
            f'p99 {1e3 * late.p99:.0f} ms, max {1e3 * late.max:.0f} ms '
            f'({late.count} results)',
            f'images                 {self.offered} offered, {self.received} received = '
            f'{self.processed} processed + {sum(self.dropped.values())} dropped '
            f'({drops or "none"}) + {self.under_way} under way',
        ]


def median_rate(receipts: list[float]) -> float:
    """Return the median count of whole seconds between the first and the last receipt."""
    if len(receipts) < 2:
        return 0.0
    times = np.asarray(receipts) - receipts[0]
    whole = int(times[-1])
    if whole < 1:
        return float((len(times) - 1) / times[-1])
    counts = np.bincount(times[times < whole].astype(int), minlength=whole)
    return float(np.median(counts))
