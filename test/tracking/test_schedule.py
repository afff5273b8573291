"""The detector runs in turn, on request, and when something changed."""

from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.tracking import TrackerConfig
from efficientsam3_ros.tracking.schedule import DetectionSchedule

CONFIG = TrackerConfig(detect_every=5, detect_when='needed', detect_view_change=0.1)
GRAY = np.full((480, 640, 3), 100, np.uint8)


@pytest.fixture
def schedule() -> DetectionSchedule:
    schedule = DetectionSchedule()
    schedule.detected(10, GRAY, CONFIG)
    return schedule


def test_every_nth_frame_and_the_first(schedule):
    assert DetectionSchedule().due(0)
    assert [schedule.due(frame) for frame in (11, 14, 15, 16)] == [False, False, True, True]


def test_a_request_is_for_the_next_frame(schedule):
    schedule.request()
    assert schedule.due(11)


@pytest.mark.parametrize(('level', 'needed'), [(100, False), (110, False), (140, True)])
def test_a_changed_view_needs_a_detection(schedule, level, needed):
    assert schedule.needed(np.full_like(GRAY, level), (), {}, CONFIG) is needed


def test_a_moved_camera_is_seen_though_the_mean_brightness_stays(schedule):
    columns = np.arange(640) // 80 % 2 * 200
    view = np.broadcast_to(columns[None, :, None], (480, 640, 3)).astype(np.uint8)
    schedule.detected(10, view, CONFIG)
    assert schedule.needed(np.roll(view, 60, axis=1), (), {}, CONFIG)


def test_another_image_size_is_another_view(schedule):
    assert schedule.needed(GRAY[:100, :100], (), {}, CONFIG)


def test_only_due_means_only_due(schedule):
    config = TrackerConfig(detect_when='due')
    assert not schedule.needed(np.zeros_like(GRAY), (), {}, config)
