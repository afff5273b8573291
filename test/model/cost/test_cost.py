"""Counted costs are those measured upstream, and the lean neck is worth its name."""

from __future__ import annotations

from dataclasses import replace

import pytest

torch = pytest.importorskip('torch')
pytest.importorskip('timm')

from efficientsam3_ros.model.cost.cost import count_macs, count_parameters  # noqa: E402
from efficientsam3_ros.model.detector.detector_config import DetectorConfig  # noqa: E402
from efficientsam3_ros.model.registry import STUDENTS, student_config  # noqa: E402

BILLION = 1e9
# GMAC of upstream's image encoder at 1008 and 512 pixels.
UPSTREAM = {
    'es_rv_s': (133.0, 33.4),
    'es_rv_m': (143.7, 36.1),
    'es_rv_l': (208.3, 52.8),
    'es_tv_s': (142.9, 36.7),
    'es_tv_m': (159.8, 41.7),
    'es_tv_l': (207.6, 55.4),
    'es_ev_s': (118.0, 29.5),
    'es_ev_m': (126.4, 31.7),
    'es_ev_l': (147.8, 37.1),
}


def check_encoder(name):
    for size, expected in zip((1008, 512), UPSTREAM[name]):
        found = count_macs(student_config(name, size=size)).encoder / BILLION
        assert found == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize('name', ['es_ev_m'])
def test_encoder_costs_what_upstreams_costs(name):
    check_encoder(name)


@pytest.mark.slow
@pytest.mark.parametrize('name', STUDENTS)
def test_all_nine_encoders_cost_what_upstreams_cost(name):
    check_encoder(name)


def test_detector_costs_what_was_measured():
    config = replace(student_config('es_ev_m'), detector=DetectorConfig(kept_queries=None))
    macs = count_macs(config)
    figures = [round(value / BILLION, 1) for value in (macs.fusion, macs.decoder, macs.exemplar)]
    assert figures == [127.7, 10.2, 2.1]
    # All 200 masks, and scoring; the folded mask head alone is 66.2.
    assert macs.masks / BILLION == pytest.approx(66.3, abs=0.2)


def test_lean_neck_saves_what_is_promised():
    lean, sam3 = (count_macs(student_config('es_ev_m', neck=neck)) for neck in ('lean', 'sam3'))
    assert lean.encoder * 3 <= sam3.encoder
    assert lean.image_path * 4 <= sam3.image_path
    assert lean.encoder / BILLION < 21.6


def test_parameters_by_part():
    parts = count_parameters(student_config('es_ev_m'))
    millions = [round(value / 1e6, 2) for value in vars(parts).values()]
    # Trunk 4.64; head 9.70 and three levels 6.95; text; exemplars; fusion; decoder; masks.
    assert millions == [4.64, 16.65, 42.28, 8.22, 9.47, 11.58, 2.89]
    assert parts.total == sum(vars(parts).values())
