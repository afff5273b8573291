"""HOTA equals TrackEval's figures, on golden values and on random clips."""

import math

import numpy as np
import pytest

from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.evaluation.metrics.frame_overlap import FrameOverlap
from efficientsam3_ros.evaluation.metrics.hota import HotaCounts


def square(x: int) -> Rle:
    mask = np.zeros((64, 64), bool)
    mask[10:30, x : x + 20] = True
    return Rle.encode(mask)


def clip(*frames) -> list[FrameOverlap]:
    return [FrameOverlap.of(truth, tracks) for truth, tracks in frames]


def figures(counts: HotaCounts) -> tuple[float, float, float]:
    return counts.hota, counts.deta, counts.assa


CHANGED_ID = clip(*[({1: square(10)}, {track: square(10)}) for track in (7, 7, 8, 8)])
FALSE_TRACK = clip(*[({}, {9: square(10)})] * 4)
SHIFTED = clip(*[({1: square(10)}, {7: square(12)})] * 4)


@pytest.mark.parametrize(
    ('sequences', 'expected'),
    [
        ([CHANGED_ID], (math.sqrt(0.5), 1.0, 0.5)),
        ([CHANGED_ID, FALSE_TRACK], (0.5, 0.5, 0.5)),
        ([SHIFTED], (16 / 19, 16 / 19, 16 / 19)),
    ],
    ids=['id changes', 'a second sequence with a false track', 'shifted masks'],
)
def test_golden_values(sequences, expected):
    counts = sum((HotaCounts.of(frames) for frames in sequences), HotaCounts())
    assert figures(counts) == pytest.approx(expected, abs=1e-9)


def test_perfect_tracks_score_one():
    frames = clip(*[({1: square(10), 2: square(40)}, {5: square(40), 6: square(10)})] * 3)
    assert figures(HotaCounts.of(frames)) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize('frames', [[], clip(({}, {}))])
def test_sequence_without_masks_is_none(frames):
    assert all(math.isnan(value) for value in figures(HotaCounts.of(frames)))
    joined = HotaCounts.of(frames) + HotaCounts.of(CHANGED_ID)
    assert joined.hota == HotaCounts.of(CHANGED_ID).hota


def test_nothing_predicted_and_nothing_true_score_zero():
    missed = HotaCounts.of(clip(({1: square(10)}, {})))
    assert figures(missed) == (0.0, 0.0, 0.0)
    assert figures(HotaCounts.of(FALSE_TRACK)) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize('seed', range(6))
def test_equals_trackeval(seed, random_clip, trackeval_data):
    metrics = pytest.importorskip('trackeval.metrics')
    reference = metrics.HOTA()
    clips = [random_clip(100 * seed + part) for part in range(3)]
    theirs = {str(i): reference.eval_sequence(trackeval_data(c)) for i, c in enumerate(clips)}
    ours = [HotaCounts.of(frames) for frames in clips]
    for mine, (_, other) in zip(ours, sorted(theirs.items())):
        assert figures(mine) == pytest.approx(
            tuple(float(np.mean(other[name])) for name in ('HOTA', 'DetA', 'AssA')), abs=1e-9
        )
    joined, total = reference.combine_sequences(theirs), sum(ours, HotaCounts())
    assert 0.2 < total.hota < 0.9
    assert figures(total) == pytest.approx(
        tuple(float(np.mean(joined[name])) for name in ('HOTA', 'DetA', 'AssA')), abs=1e-9
    )
