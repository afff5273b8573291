"""Detections frame by frame: what reaches the threshold counts at once, and no id returns."""

from __future__ import annotations

import pytest
from scripted_engine import ScriptedEngine, Seen, frame_of

from efficientsam3_ros.core import Prompt
from efficientsam3_ros.tracking import TrackerConfig
from efficientsam3_ros.tracking.frame_detector import FrameDetector

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


def test_the_threshold_is_the_users_and_presence_is_told():
    _, low = detector(detection_threshold=0.3)
    assert len(low.step(frame_of()).instances) == 3
    _, none = detector(detection_threshold=0.95)
    assert none.step(frame_of()).instances == ()
    _, presence = detector()
    presence.step(frame_of())
    assert presence.presence.tolist() == [1, 1]
    assert presence.concepts == ('Red mug', 'blue block')
