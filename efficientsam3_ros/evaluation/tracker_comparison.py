"""The same clips followed by several trackers, so that their figures stand side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import numpy as np

from efficientsam3_ros.core import Prompt
from efficientsam3_ros.datasets.simulated.suites import Suite
from efficientsam3_ros.engine import Engine
from efficientsam3_ros.evaluation.clip import Clip
from efficientsam3_ros.evaluation.scoring.measure import measure
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.scoring.reentry import ReentryCounts, reentries
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts
from efficientsam3_ros.evaluation.simulated_clips import simulated_clip
from efficientsam3_ros.tracking import ConceptTracker, TrackerConfig


@dataclass(frozen=True)
class Contestant:
    """One way to track.

    Attributes:
        name: For the table.
        bundle: Name or folder.
        config: Settings of the tracker.
    """

    name: str
    bundle: str
    config: TrackerConfig = field(default_factory=TrackerConfig)


@dataclass(frozen=True)
class TrackerScores:
    """What one tracker did on one clip.

    Attributes:
        clip: Name of the clip.
        counts: Sums that all figures come from.
        reentries: Returns of objects.
        seconds: Median time of a step.
    """

    clip: str
    counts: SequenceCounts
    reentries: ReentryCounts
    seconds: float


@dataclass(frozen=True)
class TrackerTotal:
    """What one tracker did on all clips.

    Attributes:
        name: Of the contestant.
        figures: Over all clips.
        reentries: Returns of objects.
        milliseconds: Median over clips of the median time of a step.
    """

    name: str
    figures: Metrics
    reentries: ReentryCounts
    milliseconds: float

    @classmethod
    def of(cls, name: str, scores: Sequence[TrackerScores]) -> TrackerTotal:
        """Join clips."""
        return cls(
            name,
            Metrics.of(sum((item.counts for item in scores), SequenceCounts())),
            sum((item.reentries for item in scores), ReentryCounts()),
            1000 * float(np.median([item.seconds for item in scores])),
        )


HEADER = (
    'tracker', 'J&F', 'J', 'F', 'HOTA', 'DetA', 'AssA', 'id switches', 'fragmentations',
    'false masks', 're-identified', 'ms a frame',
)  # fmt: skip


def row(total: TrackerTotal) -> tuple[str, ...]:
    """Return the cells under ``HEADER``; scores x 100."""
    figures, returns = total.figures, total.reentries
    scores = (figures.jf, figures.j, figures.f, figures.hota, figures.deta, figures.assa)
    return (
        total.name,
        *(f'{100 * score:.1f}' for score in scores),
        str(figures.id_switches),
        str(figures.fragmentations),
        str(figures.false_positives),
        f'{returns.same} of {returns.total} ({100 * returns.rate:.0f} %)',
        f'{total.milliseconds:.0f}',
    )


def clips(suite: Suite, cache: Path) -> Iterator[Clip]:
    """Yield a suite's clips, rendered when they are not in the cache."""
    for seed in suite.seeds:
        yield simulated_clip(suite.config(seed), cache)


def follow(
    clip: Clip, engine: Engine, config: TrackerConfig, tick: Callable[[], object] = lambda: None
) -> TrackerScores:
    """Run one tracker over one clip.

    Args:
        clip: Frames and truth.
        engine: Any engine.
        config: Settings of the tracker.
        tick: Called after every frame.
    """
    tracker = ConceptTracker(engine, config)
    tracker.set_prompts([Prompt(concept) for concept in clip.concepts])
    results, times = [], []
    for frame in clip.frames():
        start = perf_counter()
        results.append(tracker.step(frame))
        times.append(perf_counter() - start)
        tick()
    absent = [concept for concept in clip.concepts if concept not in clip.in_scene]
    found = measure(list(clip.truth()), results, clip.concepts, absent)
    return TrackerScores(clip.name, found.counts, reentries(found.rows), float(np.median(times)))
