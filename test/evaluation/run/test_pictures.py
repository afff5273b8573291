"""The overlay of an evaluation is shown at the times of its source."""

from __future__ import annotations

from dataclasses import dataclass

from painted_sequence import PaintedSequence
import pytest
from scripted_engine import ColorEngine

from efficientsam3_ros.evaluation.run.in_process import InProcess
from efficientsam3_ros.evaluation.run.job import Job, run_job
from efficientsam3_ros.evaluation.run.plan import RunPlan

av = pytest.importorskip('av')
MS = [0, 100, 200, 1500, 1533, 4000]


@dataclass(frozen=True)
class UnevenSequence(PaintedSequence):
    """Comes at an uneven rate, as a camera that loses frames."""

    count: int = len(MS)

    def stamp(self, index: int) -> int:
        return 10**18 + MS[index] * 10**6


def test_the_overlay_keeps_the_stamps_of_the_source(tmp_path):
    plan = RunPlan(cache=tmp_path / 'cache')
    predictor = InProcess(plan)
    predictor._engine = ColorEngine()
    job = Job('a', UnevenSequence(), plan, 'bundle', out=tmp_path / 'out')
    assert not run_job(job, predictor, lambda: None).error
    with av.open(str(tmp_path / 'out/overlays/a.mp4')) as film:
        assert [round(1000 * frame.time) for frame in film.decode(video=0)] == MS
