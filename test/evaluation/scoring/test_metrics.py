"""Figures follow from counts, which survive JSON; undefined ones say so."""

from dataclasses import fields
import json
import math

import numpy as np
import pytest

from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts
from efficientsam3_ros.evaluation.metrics.detection import DetectionCounts
from efficientsam3_ros.evaluation.metrics.hota import HotaCounts
from efficientsam3_ros.evaluation.metrics.identity import IdentityCounts
from efficientsam3_ros.evaluation.metrics.mean_iou import OverlapCounts
from efficientsam3_ros.evaluation.metrics.presence import PresenceCounts
from efficientsam3_ros.evaluation.metrics.reentry import ReentryCounts
from efficientsam3_ros.evaluation.metrics.region_boundary import RegionBoundaryCounts
from efficientsam3_ros.evaluation.metrics.stability import StabilityCounts
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts
from efficientsam3_ros.evaluation.typed_json import FormatError, from_data, to_data

COUNTS = SequenceCounts(
    frames=5,
    annotated=4,
    image=ConceptCounts(np.arange(10), 11, 12, 5, 1, 6, 2),
    video=ConceptCounts(np.arange(10), 13, 12, 2, 1, 3, 1),
    hota=HotaCounts(np.full(19, 6.0), np.full(19, 2.0), np.full(19, 1.5), np.full(19, 4.0)),
    identity=IdentityCounts(1, 8, 2, 3, 1, 2, 1, 0),
    masks=RegionBoundaryCounts(1.6, 1.2, 0.3, 2),
    overlap=OverlapCounts(7.25, 10, 1),
    presence=PresenceCounts(5, 6, 1, 2, 3, 4),
    stability=StabilityCounts(4.5, 5, 1, 10, 4, 3, 4, 5),
    reentry=ReentryCounts(3, 1, 0),
    found=DetectionCounts(10, 16, 8, 4),
)


def test_counts_survive_json():
    again = from_data(SequenceCounts, json.loads(json.dumps(to_data(COUNTS))))
    assert again.vector().tolist() == COUNTS.vector().tolist()
    assert Metrics.of(again) == Metrics.of(COUNTS)
    assert (again + COUNTS).image.tp.tolist() == (2 * np.arange(10)).tolist()


def test_damaged_counts_are_refused_by_place():
    data = to_data(COUNTS)
    data['identity']['switches'] = 'two'
    with pytest.raises(FormatError, match=r'identity\.switches'):
        from_data(SequenceCounts, data, 'the counts')


def test_figures_survive_json():
    figures = Metrics.of(COUNTS)
    assert from_data(Metrics, json.loads(json.dumps(to_data(figures)))) == figures


def test_figures_by_hand():
    figures = Metrics.of(COUNTS)
    assert figures.mota == pytest.approx(1 - (1 + 2 + 3) / 10)
    assert (figures.j, figures.f, figures.jf) == pytest.approx((0.8, 0.6, 0.7))
    assert figures.idle_jf == pytest.approx(0.15)
    assert figures.miou == pytest.approx(0.725)
    assert figures.deta == pytest.approx(6 / 9.5)
    assert figures.assa == pytest.approx(4 / 6)
    assert figures.hota == pytest.approx(math.sqrt(6 / 9.5 * 4 / 6))
    assert figures.absent_accuracy == 0.75
    assert figures.present_accuracy == pytest.approx(5 / 6)
    assert figures.out_of_view_accuracy == 0.5
    assert (figures.reid_rate, figures.reidentified, figures.reentries) == (0.75, 3, 4)
    assert (figures.temporal_iou, figures.flicker) == pytest.approx((0.9, 0.1))
    assert (figures.id_churn, figures.coverage) == pytest.approx((0.25, 0.8))
    assert (figures.id_switches, figures.fragmentations, figures.datapoints) == (1, 1, 14)
    assert (figures.frames, figures.annotated_frames, figures.unanswered_frames) == (5, 4, 1)
    assert (figures.recall_50, figures.recall_75) == pytest.approx((0.8, 0.4))
    assert (figures.precision_50, figures.precision_75) == pytest.approx((0.5, 0.25))
    assert figures.cgf1 == pytest.approx(figures.pmf1 * figures.il_mcc)


def test_nothing_measured_is_undefined_not_zero():
    figures = Metrics.of(SequenceCounts())
    scores = {item.name for item in fields(Metrics) if item.type == 'float'}
    assert len(scores) == 33
    assert all(math.isnan(getattr(figures, name)) for name in scores)


def test_without_ids_nothing_is_said_of_tracks():
    figures = Metrics.of(COUNTS.drop_ids())
    undefined = {item.name for item in fields(Metrics) if math.isnan(figures.value(item.name))}
    assert undefined == {
        'video_cgf1', 'video_pmf1', 'video_il_mcc', 'hota', 'deta', 'assa', 'j', 'f', 'jf',
        'idle_jf', 'mota', 'id_switches', 'fragmentations', 'mostly_tracked', 'mostly_lost',
        'objects', 'tracks', 'temporal_iou', 'flicker', 'id_churn', 'reid_rate', 'reidentified',
        'reentries', 'ap', 'ap_50', 'ap_75',
    }  # fmt: skip
    tracked = Metrics.of(COUNTS)
    same = {item.name for item in fields(Metrics)} - undefined
    assert all(getattr(figures, name) == getattr(tracked, name) for name in same)


def test_correlation_of_one_class_is_undefined():
    # The public evaluator says 0 there, which would make perfect answers worthless.
    positive = SequenceCounts(image=ConceptCounts(np.full(10, 3), 3, 3, il_tp=3))
    figures = Metrics.of(positive)
    assert math.isnan(figures.cgf1)
    assert math.isnan(figures.il_mcc)
    assert figures.pmf1 == pytest.approx(1, abs=1e-3)
    negative = Metrics.of(SequenceCounts(image=ConceptCounts(il_tn=3, il_fp=1)))
    assert math.isnan(negative.pmf1)
    assert negative.datapoints == 4
