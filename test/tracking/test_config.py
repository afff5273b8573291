"""Every setting explains itself and refuses nonsense."""

from __future__ import annotations

from dataclasses import fields
import math

import pytest
from scripted_engine import make_manifest

from efficientsam3_ros.tracking import TrackerConfig

NUMBERS = [item for item in fields(TrackerConfig) if 'low' in item.metadata]


@pytest.mark.parametrize('item', fields(TrackerConfig), ids=lambda item: item.name)
def test_every_field_can_be_declared_as_a_parameter(item):
    assert item.metadata['description'].endswith('.')
    ranged = 'low' in item.metadata and 'high' in item.metadata
    flag = isinstance(item.default, bool)
    assert [ranged, 'choices' in item.metadata, flag].count(True) == 1


@pytest.mark.parametrize('item', NUMBERS, ids=lambda item: item.name)
def test_values_out_of_range_are_refused_by_name(item):
    for value in (item.metadata['low'] - 1, item.metadata['high'] + 1):
        with pytest.raises(ValueError, match=item.name):
            TrackerConfig(**{item.name: value})


def test_only_threshold_and_presence_gate_may_be_left_to_the_weights():
    manifest = make_manifest(threshold=0.3, presence_gate=0.7)
    found = TrackerConfig(detection_threshold=math.nan, match_iou=0.4).resolved(manifest)
    assert found == TrackerConfig(detection_threshold=0.3, presence_gate=0.7, match_iou=0.4)
    assert TrackerConfig(presence_gate=0.2).resolved(manifest).presence_gate == 0.2
    with pytest.raises(ValueError, match='nms_iou'):
        TrackerConfig(nms_iou=math.nan)


def test_contradictions_and_wrong_kinds_are_refused():
    with pytest.raises(ValueError, match='at most match_iou'):
        TrackerConfig(keep_iou=0.5, match_iou=0.4)
    with pytest.raises(ValueError, match='keep, concept, all'):
        TrackerConfig(overlap='mine')
    with pytest.raises(ValueError, match='whole number'):
        TrackerConfig(detect_every=1.5)
    with pytest.raises(ValueError, match='memory is true or false'):
        TrackerConfig(memory='off')
    with pytest.raises(ValueError, match='detect_every is neither'):
        TrackerConfig(detect_every=True)
