"""What is said of one sequence, in ``results.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
import math

from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts

HISTOGRAM_BINS = 20
WORST_FRAMES = 5


@dataclass(frozen=True)
class PerFrame:
    """Curves over the frames of a sequence; all of one length.

    Attributes:
        stamp_ns: Stamps of the source.
        jf: Mean J&F over the objects in view, 0..1; NaN where nothing is annotated or in view.
        visible: Instances with a mask.
        truth_visible: True objects in view; None where the frame is not annotated.
        switches: Identity switches in this frame.
        processed: Whether the tracker saw the frame (false: dropped in real time).
    """

    stamp_ns: tuple[int, ...]
    jf: tuple[float, ...]
    visible: tuple[int, ...]
    truth_visible: tuple[int | None, ...]
    switches: tuple[int, ...]
    processed: tuple[bool, ...]


@dataclass(frozen=True)
class TrackSummary:
    """One track that was ever visible.

    Attributes:
        id: Track id.
        concept: What it was taken for.
        first: Index of the first frame with a mask.
        last: Index of the last frame with a mask.
        frames: Frames with a mask.
        score: Mean score of these.
    """

    id: int
    concept: str
    first: int
    last: int
    frames: int
    score: float


@dataclass(frozen=True)
class TrackSegment:
    """A run of frames in which a track followed one object.

    Attributes:
        track: Track id.
        first: Index of the first frame.
        last: Index of the last frame.
        object: Id of the true object; None where it matched none.
    """

    track: int
    first: int
    last: int
    object: int | None


@dataclass(frozen=True)
class ScoreHistogram:
    """Scores of visible instances, in ``HISTOGRAM_BINS`` equal bins of 0..1.

    Attributes:
        true: Those that lay on a true object of their concept.
        false: The others. Both are empty without truth.
    """

    true: tuple[int, ...] = ()
    false: tuple[int, ...] = ()


@dataclass(frozen=True)
class WorstFrame:
    """A frame worth looking at.

    Attributes:
        frame: Index in the sequence.
        stamp_ns: Its stamp.
        jf: Mean J&F of the objects in view; NaN if none was.
        why: What went wrong, for people.
    """

    frame: int
    stamp_ns: int
    jf: float
    why: str


@dataclass(frozen=True)
class SequenceResult:
    """Everything about one sequence that does not depend on the clock.

    Attributes:
        source: As in ``datasets.Sequence``; 'picture' of a suite of single pictures.
        digest: SHA-256 of the content.
        frames: Number of frames.
        truth: 'concepts', 'objects' or 'none'.
        concepts: What was asked for.
        absent: Those that the truth never shows.
        notes: Damage, repairs and what was skipped.
        metrics: The sequence's figures.
        concept_metrics: Concept to its figures.
        counts: What the figures are made of, for totals over any choice of sequences.
        per_frame: Curves.
        tracks: Ordered by id.
        track_timelines: Ordered by track id and first frame.
        scores: Calibration.
        worst_frames: Worst first, at most ``WORST_FRAMES``.
        concept_counts: Concept to what its figures are made of, in suites of single pictures: a
            class is measured over all of them.
    """

    source: str
    digest: str
    frames: int
    truth: str
    concepts: tuple[str, ...]
    absent: tuple[str, ...]
    notes: tuple[str, ...]
    metrics: Metrics
    concept_metrics: Mapping[str, Metrics]
    counts: SequenceCounts
    per_frame: PerFrame
    tracks: tuple[TrackSummary, ...]
    track_timelines: tuple[TrackSegment, ...]
    scores: ScoreHistogram
    worst_frames: tuple[WorstFrame, ...]
    concept_counts: Mapping[str, SequenceCounts] = field(default_factory=dict)


@dataclass(frozen=True)
class SequenceTiming:
    """When things happened in one sequence; milliseconds.

    Attributes:
        offered: Frames that the source sent.
        received: Frames that reached the tracker; fewer than ``offered`` only over DDS.
        processed: Frames that led to a result.
        undelivered: Results that never reached the measuring process; over DDS only.
        dropped: Cause to number; ``received`` is ``processed`` plus all of these.
        seconds: Wall time of the run.
        late_ms: In real time: how far the source fell behind its own pace at most.
        p50_ms: Median latency. In process: from offering a frame to its result; over DDS: from
            publishing the image to the receipt of its result.
        p95_ms: 95th percentile.
        p99_ms: 99th percentile.
        max_ms: The longest.
        stages: Part of a tracker step to its median; empty over DDS.
        histogram: Counts of latencies in bins of ``histogram_ms``; the last takes all longer ones.
        histogram_ms: Width of a bin.
        harness_cpu_share: CPU time of the measuring process over wall time; NaN in process, where
            both share one process.
        cached: Whether the predictions were made by an earlier run.
    """

    offered: int
    received: int
    processed: int
    dropped: Mapping[str, int]
    seconds: float
    undelivered: int = 0
    late_ms: float = math.nan
    p50_ms: float = math.nan
    p95_ms: float = math.nan
    p99_ms: float = math.nan
    max_ms: float = math.nan
    stages: Mapping[str, float] = field(default_factory=dict)
    histogram: tuple[int, ...] = ()
    histogram_ms: float = math.nan
    harness_cpu_share: float = math.nan
    cached: bool = False
