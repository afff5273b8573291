"""Validation frames become datapoints: match scores, presence and overlap with the truth."""

from __future__ import annotations

from painted_sequence import PaintedSequence
import pytest
from scripted_engine import ColorEngine

from efficientsam3_ros.datasets.sequence import SequenceError, TruthKind
from efficientsam3_ros.evaluation.run.calibration import datapoints
from efficientsam3_ros.evaluation.scoring.operating_point import best, rate


class Doubtful(ColorEngine):
    """Sees the blue block as a green mug of little presence, too, with a good match."""

    def see(self, image, concept):
        return super().see(image, concept.replace('green', 'blue'))

    def _detect(self, inputs):
        out = super()._detect(inputs)
        out['presence'][1:] = 0.3
        return out


def test_each_frame_and_concept_is_a_datapoint():
    ticks = []
    points = datapoints(PaintedSequence(hidden=(5,)), Doubtful(), lambda: ticks.append(1))
    assert len(points) == 24 and len(ticks) == 12
    mug, absent = points[0], points[1]
    assert (mug.in_scene, absent.in_scene) == (True, False)
    assert mug.matches.tolist() == absent.matches.tolist() == pytest.approx([0.9])
    assert (mug.presence, absent.presence) == pytest.approx((1, 0.3))
    assert mug.iou.tolist() == [[1.0]] and absent.iou.shape == (1, 0)
    assert points[10].iou.shape == (0, 1)


def test_the_gate_hides_what_is_not_there():
    points = datapoints(PaintedSequence(), Doubtful(), lambda: None)
    found = best(rate(points), min_absent=1.0)
    assert found.absent == 1 and found.presence_gate > 0.3
    assert found.cgf1 == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize('kind', [TruthKind.NONE, TruthKind.OBJECTS])
def test_truth_without_concepts_is_refused(kind):
    with pytest.raises(SequenceError, match='has no concepts'):
        datapoints(PaintedSequence(truth_kind=kind, concepts=()), ColorEngine(), lambda: None)
