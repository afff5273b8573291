"""Scoring beside other work."""

from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState
from efficientsam3_ros.harness.live_scores import LiveScores
from efficientsam3_ros.harness.score_process import ScoreProcess

MASK = Rle.encode(np.eye(16, dtype=bool))
FRAMES = [
    FrameResult(
        stamp, 'camera', 16, 16, 0, (Instance(1, 1, 'mug', 1.0, MASK, TrackState.TRACKED),)
    )
    for stamp in range(3)
]
TASK = FRAMES, FRAMES, ('mug', 'bowl'), ('jf', 'id_switches')


def test_scores_are_the_same_from_the_process_and_after_its_death():
    pytest.importorskip('scipy', reason='SciPy is not installed')
    here = LiveScores.of(*TASK)
    assert here.frames == 3
    assert here.rows[0][:3] == ('mug', 1, 1)
    with ScoreProcess() as process:
        process.begin(*TASK)
        assert process.scores() == here
    with ScoreProcess() as process:
        process._process.kill()
        process._process.wait()
        process.begin(*TASK)
        assert process.scores() == here
