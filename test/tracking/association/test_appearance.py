"""The gallery of looks: bounded, and never without the first one."""

from __future__ import annotations

import numpy as np
import pytest
from scripted_engine import look

from efficientsam3_ros.tracking import TrackerConfig
from efficientsam3_ros.tracking.association.appearance import AppearanceGallery
from efficientsam3_ros.tracking.cropped_mask import CroppedMask
from efficientsam3_ros.tracking.detection.detector import Detection

CONFIG = TrackerConfig(reid_gallery=3, reid_novelty=0.9)


def view(index: int, strength: float = 1.0) -> Detection:
    embedding = np.array(look(index, strength), np.float32)
    return Detection('mug', 0.9, CroppedMask.empty(4, 4), (0, 0, 1, 1), embedding, 1.0)


def appearance_affinity(memory: AppearanceGallery, *indices: int) -> list[float]:
    return memory.similarity([7], [view(i) for i in indices])[0].tolist()


def test_a_full_gallery_keeps_the_first_view_and_the_latest_ones():
    memory = AppearanceGallery()
    for index in (0, 2, 4, 6, 8):
        memory.remember(7, view(index), CONFIG)
    assert appearance_affinity(memory, 0, 2, 4, 6, 8) == pytest.approx([1, 0, 0, 1, 1])


def test_a_known_view_takes_no_room_but_is_refreshed():
    memory = AppearanceGallery()
    for _ in range(40):
        memory.remember(7, view(0, 0.95), CONFIG)
    for index in (2, 4):
        memory.remember(7, view(index), CONFIG)
    for _ in range(40):
        memory.remember(7, view(0), CONFIG)
    assert appearance_affinity(memory, 0, 2, 4) == pytest.approx([1, 1, 1], abs=0.01)


def test_a_smaller_gallery_holds_from_the_next_view_on():
    memory = AppearanceGallery()
    for index in (0, 2, 4):
        memory.remember(7, view(index), CONFIG)
    memory.remember(7, view(6), TrackerConfig(reid_gallery=2))
    assert appearance_affinity(memory, 0, 2, 4, 6) == pytest.approx([1, 0, 0, 1])


def test_a_forgotten_track_starts_anew():
    memory = AppearanceGallery()
    memory.remember(7, view(0), CONFIG)
    memory.forget(7)
    memory.forget(7)
    memory.remember(7, view(2), CONFIG)
    assert appearance_affinity(memory, 0, 2) == pytest.approx([0, 1])
