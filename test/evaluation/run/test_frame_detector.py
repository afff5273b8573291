"""Detections frame by frame: scored, with nothing said of tracks."""

from __future__ import annotations

from dataclasses import replace
import math

from painted_sequence import PaintedSequence
import pytest
from scripted_engine import ColorEngine, ScriptedEngine, Seen, frame_of

from efficientsam3_ros.core import Prompt
from efficientsam3_ros.evaluation.run import in_process
from efficientsam3_ros.evaluation.run.frame_detector import FrameDetector
from efficientsam3_ros.evaluation.run.in_process import InProcess
from efficientsam3_ros.evaluation.run.job import Job, run_job
from efficientsam3_ros.evaluation.run.plan import RunPlan
from efficientsam3_ros.evaluation.run.summary import DETECTOR_COLUMNS
from efficientsam3_ros.tracking import TrackerConfig

MUGS = [Seen(5, 5, score=0.9), Seen(30, 20, score=0.6), Seen(45, 30, score=0.4)]


def detector(**settings) -> tuple[ScriptedEngine, FrameDetector]:
    engine = ScriptedEngine()
    engine.scene = MUGS
    prompts = [Prompt('Red mug'), Prompt('blue block')]
    return engine, FrameDetector(engine, TrackerConfig(**settings), prompts)


def test_what_reaches_the_threshold_counts_at_once_and_every_detection_has_its_own_id():
    engine, alone = detector()
    first, second = alone.step(frame_of()), alone.step(frame_of(stamp_ns=5))
    assert [item.score for item in first.instances] == pytest.approx([0.9, 0.6])
    assert {item.concept for item in first.instances} == {'Red mug'}
    assert [item.track_id for item in (*first.instances, *second.instances)] == [1, 2, 3, 4]
    assert [item.label for item in second.instances] == [1, 2]
    assert second.stamp_ns == 5
    assert engine.runs['detector'] == 2
    assert alone.times.detector > 0


def test_threshold_and_suppression_are_the_users():
    _, low = detector(detection_threshold=0.3)
    assert len(low.step(frame_of()).instances) == 3
    _, none = detector(detection_threshold=0.95)
    assert none.step(frame_of()).instances == ()
    _, presence = detector()
    presence.step(frame_of())
    assert presence.presence.tolist() == [1, 1]
    assert presence.concepts == ('Red mug', 'blue block')


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
    assert replace(alone.counts.image).vector().tolist() == (
        tracked.result.counts.image.vector().tolist()
    )
