"""Evaluation results as a run would leave them, made up from a seed; no network, no pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
import math

import cv2
import numpy as np

from efficientsam3_ros.evaluation.metrics.concept_f1 import TAUS, ConceptCounts
from efficientsam3_ros.evaluation.metrics.hota import HotaCounts
from efficientsam3_ros.evaluation.metrics.identity import IdentityCounts
from efficientsam3_ros.evaluation.metrics.mean_iou import OverlapCounts
from efficientsam3_ros.evaluation.metrics.presence import PresenceCounts
from efficientsam3_ros.evaluation.metrics.region_boundary import RegionBoundaryCounts
from efficientsam3_ros.evaluation.metrics.stability import StabilityCounts
from efficientsam3_ros.evaluation.results import RunResults, RunSettings, Timing
from efficientsam3_ros.evaluation.scoring.intervals import intervals
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts
from efficientsam3_ros.evaluation.sequence_result import (
    PerFrame,
    ScoreHistogram,
    SequenceResult,
    SequenceTiming,
    TrackSegment,
    TrackSummary,
    WorstFrame,
)

CONCEPTS = ('red mug', 'bowl', 'screwdriver', 'green apple')
SETTINGS = RunSettings(
    mode='realtime', over_dds=False, bundle='nano', bundle_digest='5f' * 32,
    graphs={'image_encoder': 'ab' * 32, 'detector': 'cd' * 32}, engine='onnxruntime',
    threshold=0.5, tracker={'birth_score': 0.5, 'lost_frames': 30},
)  # fmt: skip


@cache
def example_results(
    sequences: int = 4, quality: float = 0.85, frames: int = 300, truth: str = 'concepts'
) -> RunResults:
    """Return a run over sequences 'table-00', 'table-01', ...; the same for the same arguments.

    Args:
        sequences: How many.
        quality: 0..1, of the answers; the sequences differ around it.
        frames: Of each sequence.
        truth: 'concepts', 'objects' or 'none', of all sequences.
    """
    names = [f'table-{i:02d}' for i in range(sequences)]
    parts = {
        name: _sequence(i, min(0.98, quality - 0.05 * (i % 3)), frames, truth)
        for i, name in enumerate(names)
    }
    timing = Timing(71.3, 2, 1, {name: _timing(i, frames) for i, name in enumerate(names)})
    return joined(RunResults(SETTINGS, Metrics(), {}, parts, {}, timing))


def joined(results: RunResults) -> RunResults:
    """Return results with the total and the intervals that belong to their sequences."""
    counts = [item.counts for item in results.sequences.values()]
    total = Metrics.of(sum(counts, SequenceCounts()))
    return replace(results, total=total, intervals_95=intervals(counts, draws=40))


def example_picture(number: int, width: int = 640, height: int = 480) -> bytes:
    """Return a PNG file with some shapes."""
    rng = np.random.default_rng(number)
    pixels = np.full((height, width, 3), (200, 205, 210), np.uint8)
    for _ in range(6):
        center = tuple(int(v) for v in rng.integers(0, (width, height)))
        color = tuple(int(v) for v in rng.integers(30, 230, 3))
        cv2.circle(pixels, center, int(rng.integers(20, 60)), color, -1, cv2.LINE_AA)
        cv2.circle(pixels, center, 62, (255, 255, 255), 2, cv2.LINE_AA)
    return cv2.imencode('.png', pixels)[1].tobytes()


def example_counts(seed: int, quality: float, frames: int) -> SequenceCounts:
    """Return counts that give scores near ``quality``."""
    rng = np.random.default_rng(seed)
    truths = 3 * frames
    found = int(truths * min(1.0, quality + 0.08))
    tp = (found * np.clip(1.35 - TAUS / max(quality, 0.05) * 0.8, 0, 1)).astype(np.int64)
    negatives = frames
    wrong = int(negatives * (1 - quality) * 0.6)
    image = ConceptCounts(tp, found + wrong // 2, truths, found, wrong, negatives - wrong,
                          truths - found)  # fmt: skip
    alphas = np.linspace(1, quality, 19)
    hota = HotaCounts(found * alphas, truths - found * alphas, wrong + found * (1 - alphas),
                      found * alphas * quality)  # fmt: skip
    switches = int(rng.integers(0, 4) + 6 * (1 - quality))
    identity = IdentityCounts(switches, found, truths - found, wrong, switches + 1, 2, 1, 0)
    masks = RegionBoundaryCounts(3 * quality, 3 * min(1.0, quality + 0.04), 0.2, 3)
    presence = PresenceCounts(found, truths, 0, 0, negatives - wrong, negatives)
    video = ConceptCounts((3 * tp // max(truths, 1)).astype(np.int64), 3, 3, 3, 0, 1, 0)
    stability = StabilityCounts(0.93 * found, found, switches, found, 4 + switches, 4, found,
                                4 * frames)  # fmt: skip
    overlap = OverlapCounts(quality * truths, truths)
    return SequenceCounts(frames, frames, image, video, hota, identity, masks, overlap, presence,
                          stability)  # fmt: skip


def _sequence(number: int, quality: float, frames: int, truth: str) -> SequenceResult:
    rng = np.random.default_rng(number)
    counts = example_counts(number, quality, frames)
    if truth == 'none':
        counts = SequenceCounts(frames=frames, stability=counts.stability)
    seconds = np.arange(frames) / 15 + rng.uniform(0, 0.004, frames)
    stamps = (1_700_000_000_000_000_000 + seconds * 1e9).astype(np.int64)
    tracks, stretches, curves = _lives(rng, quality, frames, truth != 'none')
    per_concept = {
        name: Metrics.of(example_counts(7 * number + i, max(0.3, quality - 0.07 * i), frames))
        for i, name in enumerate(CONCEPTS[:3])
    }
    notes = ('The bag ends in the middle of a chunk; 300 frames could be read.',)
    return SequenceResult(
        source='bag', digest=f'{number:02d}' * 32, frames=frames, truth=truth,
        concepts=CONCEPTS, absent=CONCEPTS[3:] if truth == 'concepts' else (),
        notes=notes if number == 1 else (), metrics=Metrics.of(counts),
        concept_metrics=per_concept if truth == 'concepts' else {}, counts=counts,
        per_frame=PerFrame(tuple(map(int, stamps)), *curves), tracks=tracks,
        track_timelines=stretches,
        scores=_scores(rng, quality, frames) if truth != 'none' else ScoreHistogram(),
        worst_frames=_worst(curves[0], stamps, truth),
    )  # fmt: skip


def _lives(rng, quality, frames, truth):
    """Return tracks, timeline and curves: three objects, one of them changes its track."""
    half, third = frames // 2, frames // 3
    stretches = [
        TrackSegment(1, 0, frames - 1, 11), TrackSegment(2, 4, half - 8, 12),
        TrackSegment(3, third, frames - 1, 13), TrackSegment(4, half, frames - 1, 12),
        TrackSegment(5, third + 20, third + 34, None),
        TrackSegment(6, 2 * third, 2 * third + 9, None),
    ]  # fmt: skip
    if not truth:
        stretches = [replace(item, object=None) for item in stretches]
    names = (CONCEPTS[0], CONCEPTS[1], CONCEPTS[2], CONCEPTS[1], CONCEPTS[0], CONCEPTS[2])
    tracks = tuple(
        TrackSummary(s.track, name, s.first, s.last, s.last - s.first + 1, 0.8)
        for s, name in zip(stretches, names)
    )
    time = np.arange(frames)
    jf = quality + 0.05 * np.sin(time / 17) + rng.normal(0, 0.015, frames)
    jf -= 0.45 * np.exp(-(((time - half + 4) / 6) ** 2))
    jf = np.clip(jf, 0, 1) if truth else np.full(frames, math.nan)
    shown = sum(((time >= s.first) & (time <= s.last)).astype(int) for s in stretches)
    there = [2 + int(t >= third) if truth else None for t in time]
    switches = tuple(int(truth and t == half) for t in time)
    processed = tuple(bool(t % 23 and not 200 <= t < 206) for t in time)
    curves = (tuple(map(float, jf)), tuple(map(int, shown)), tuple(there), switches, processed)
    return tracks, tuple(stretches), curves


def _scores(rng, quality: float, frames: int) -> ScoreHistogram:
    true = rng.beta(9, 2.2, int(2.6 * frames * quality))
    false = rng.beta(4, 3.6, int(frames * (1 - quality)))
    bins = [np.histogram(v[v > 0.35], 20, (0, 1))[0] for v in (true, false)]
    return ScoreHistogram(*(tuple(map(int, b)) for b in bins))


def _worst(jf: Sequence[float], stamps: Sequence[int], truth: str) -> tuple[WorstFrame, ...]:
    chosen = sorted(range(0, len(jf), max(1, len(jf) // 20)), key=lambda i: jf[i])[:5]
    why = 'missed bowl, false red mug' if truth != 'none' else 'bowl 2 vanishes, bowl 4 appears'
    return tuple(WorstFrame(i, int(stamps[i]), jf[i], why) for i in chosen)


def _timing(number: int, frames: int) -> SequenceTiming:
    rng = np.random.default_rng(number)
    lost = {'busy': 17 + 3 * number, 'too old': 2}
    processed = frames - sum(lost.values())
    times = (
        rng.gamma(18, 1.7, max(0, processed)) + 12 + (rng.random(max(0, processed)) > 0.97) * 40
    )
    counts = np.histogram(np.minimum(times, 199.9), 100, (0, 200))[0]
    p50, p95, p99 = (float(np.percentile(times, p)) for p in (50, 95, 99))
    stages = {'decode': 1.9, 'preprocess': 2.4, 'image encoder': 21.7, 'detector': 11.2,
              'tracking': 3.8}  # fmt: skip
    return SequenceTiming(
        offered=frames, received=frames, processed=processed, dropped=lost, seconds=frames / 15,
        p50_ms=p50, p95_ms=p95, p99_ms=p99, max_ms=float(times.max()), stages=stages,
        histogram=tuple(map(int, counts)), histogram_ms=2.0,
    )  # fmt: skip
