"""Random frames of one phrase, for the comparisons with public evaluators."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.evaluation.metrics.frame_overlap import FrameOverlap


def _rectangle(x: float, y: float, width: float, height: float) -> Rle:
    mask = np.zeros((60, 90), bool)
    x0, y0 = max(int(x), 0), max(int(y), 0)
    mask[y0 : y0 + int(height), x0 : x0 + int(width)] = True
    return Rle.encode(mask)


def _clip(seed: int, frames: int = 30, always_seen: bool = False) -> list[FrameOverlap]:
    """Objects on random walks; tracks that jitter, vanish, swap ids, and are made up."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(5, 50, (5, 2))
    owner = np.arange(5)
    clip = []
    for _ in range(frames):
        places = np.clip(places + rng.normal(0, 2, places.shape), 0, 55)
        if rng.random() < 0.2:
            owner = rng.permutation(owner)
        truth, tracks = {}, {}
        for number, (x, y) in enumerate(places):
            if always_seen or rng.random() < 0.85:
                truth[number] = _rectangle(x, y, 18, 16)
            if rng.random() < 0.8 or (always_seen and number == 0):
                dx, dy = rng.normal(0, 2, 2)
                tracks[int(owner[number]) + 3] = _rectangle(x + dx, y + dy, 18, 16)
        if rng.random() < 0.3:
            tracks[20] = _rectangle(*rng.uniform(0, 60, 2), 15, 15)
        clip.append(FrameOverlap.of(truth, tracks))
    return clip


@pytest.fixture
def random_clip() -> Callable[..., list[FrameOverlap]]:
    """Return a maker of clips: (seed, frames, always_seen)."""
    return _clip


def _trackeval_data(clip: list[FrameOverlap]) -> dict[str, object]:
    objects = sorted({n for frame in clip for n in frame.objects})
    tracks = sorted({n for frame in clip for n in frame.tracks})
    return {
        'num_timesteps': len(clip),
        'num_gt_ids': len(objects),
        'num_tracker_ids': len(tracks),
        'num_gt_dets': sum(len(frame.objects) for frame in clip),
        'num_tracker_dets': sum(len(frame.tracks) for frame in clip),
        'gt_ids': [np.array([objects.index(n) for n in f.objects], int) for f in clip],
        'tracker_ids': [np.array([tracks.index(n) for n in f.tracks], int) for f in clip],
        'similarity_scores': [frame.iou for frame in clip],
    }


@pytest.fixture
def trackeval_data() -> Callable[[list[FrameOverlap]], dict[str, object]]:
    """Return what turns a clip into the public evaluator's input."""
    return _trackeval_data
