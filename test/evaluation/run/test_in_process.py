"""The detector alone through a job: scored frame by frame, with nothing said of tracks."""

from __future__ import annotations

import math

from painted_sequence import PaintedSequence
import pytest
from scripted_engine import ColorEngine

from efficientsam3_ros.evaluation.run import in_process
from efficientsam3_ros.evaluation.run.in_process import InProcess
from efficientsam3_ros.evaluation.run.job import Job, run_job
from efficientsam3_ros.evaluation.run.plan import RunPlan
from efficientsam3_ros.evaluation.run.summary import DETECTOR_COLUMNS


def outcome(tmp_path, monkeypatch, sequence):
    monkeypatch.setattr(in_process, 'load_engine', lambda *_: ColorEngine())
    plan = RunPlan(cache=tmp_path, detector_alone=True)
    done = run_job(Job('painted', sequence, plan, 'bundle'), InProcess(plan), lambda: None)
    assert not done.error
    return done.result


def test_perfect_detections_score_perfectly_without_a_word_on_tracks(tmp_path, monkeypatch):
    result = outcome(tmp_path, monkeypatch, PaintedSequence(hidden=(5, 6)))
    found = result.metrics
    assert (found.matches, found.misses, found.false_positives) == (10, 2, 0)
    assert found.absent_accuracy == 1
    assert found.miou == pytest.approx(10 / 12)
    assert not any(math.isnan(found.value(name)) for name in DETECTOR_COLUMNS)
    assert found.id_switches is None
    assert math.isnan(found.jf) and math.isnan(found.hota)
    assert math.isnan(result.concept_metrics['red block'].mota)
    assert result.tracks == result.track_timelines == ()
    assert set(result.per_frame.switches) == {0}
    assert all(math.isnan(value) for value in result.per_frame.jf)
    assert {item.frame for item in result.worst_frames} <= {5, 6} and result.worst_frames
    assert sum(result.scores.true) == 10


def test_a_tracker_needs_no_warm_up_to_agree_with_the_detector(tmp_path, monkeypatch):
    sequence = PaintedSequence()
    alone = outcome(tmp_path, monkeypatch, sequence)
    plan = RunPlan(cache=tmp_path)
    tracked = run_job(Job('painted', sequence, plan, 'bundle'), InProcess(plan), lambda: None)
    assert alone.counts.image.vector().tolist() == (tracked.result.counts.image.vector().tolist())
