"""Video figures at one or a few frames equal golden values of the public evaluators."""

import numpy as np
import pytest

from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState
from efficientsam3_ros.evaluation.scoring.measure import measure
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts

CONCEPT = 'square'
# (ground truth, predictions with scores): the cgF1 case measured with SAM 3's image evaluator.
PAIRS = [
    ([(10, 10)], [(10, 10, 0.9)]),
    ([(2, 2), (40, 40)], [(4, 2, 0.8)]),
    ([], []),
    ([], [(10, 10, 0.6)]),
    ([(10, 10)], [(10, 10, 0.4)]),
    ([], []),
    ([(10, 10)], [(10, 10, 0.9), (42, 42, 0.5)]),
]


def frame(stamp, squares):
    instances = []
    for number, (x, y, score) in enumerate(squares, 1):
        mask = np.zeros((64, 64), bool)
        mask[y : y + 20, x : x + 20] = True
        instance = Instance(number, number, CONCEPT, score, Rle.encode(mask), TrackState.TRACKED)
        instances.append(instance)
    return FrameResult(stamp, 'camera', 64, 64, 1, tuple(instances))


def total(frames):
    counts = SequenceCounts()
    for truth, predicted in PAIRS:
        there = [frame(i, [(x, y, 1.0) for x, y in truth]) for i in range(frames)]
        kept = [place for place in predicted if place[2] >= 0.5]
        found = [frame(i, kept) for i in range(frames)]
        counts += measure(there, found, (CONCEPT,)).counts
    return Metrics.of(counts)


@pytest.mark.parametrize('frames', [1, 3])
def test_a_still_video_scores_as_its_picture(frames):
    figures = total(frames)
    assert figures.video_cgf1 == pytest.approx(0.249974, abs=5e-7)
    assert figures.video_pmf1 == pytest.approx(0.599937, abs=5e-7)
    assert figures.video_il_mcc == pytest.approx(0.416667, abs=5e-7)


def test_one_frame_scores_alike_as_picture_and_as_video():
    figures = total(1)
    assert figures.cgf1 == pytest.approx(figures.video_cgf1, abs=1e-12)
