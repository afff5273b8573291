"""The tracker node as what is evaluated."""

from __future__ import annotations

from dataclasses import fields

import pytest

from efficientsam3_ros.core import Prompt
from efficientsam3_ros.evaluation.run.plan import RunPlan
from efficientsam3_ros.nodes.tracker.settings import NodeSettings
from efficientsam3_ros.tracking import TrackerConfig


def test_the_node_gets_every_setting_under_the_name_that_it_declares():
    parameters = pytest.importorskip('efficientsam3_ros.nodes.tracker.parameters')
    from efficientsam3_ros.harness.node_predictor import NodePredictor

    plan = RunPlan(tracker=TrackerConfig(detect_every=4), threads=2)
    given = NodePredictor(plan).parameters([Prompt('red mug')])
    known = {item.name for item in fields(NodeSettings)}
    known |= {f'{parameters.TRACKING}{item.name}' for item in fields(TrackerConfig)}
    assert set(given) <= known
    assert given['tracking.detect_every'] == 4
    assert given['prompts'] == ['red mug']
    # Not a number is no JSON; its absence means the same.
    assert 'tracking.detection_threshold' not in given
