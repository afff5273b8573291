"""Results by class: the same figures as anywhere else, with intervals over pictures."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('pycocotools')

from evaluation_examples import example_counts

from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.stills import classes
from efficientsam3_ros.evaluation.stills.picture_counts import SUMS, PictureCounts


def test_drawn_figures_are_those_of_the_metrics():
    counts = example_counts(3, 0.7, 5)
    metrics = Metrics.of(counts)
    shown = dict(zip(SUMS, PictureCounts.of(counts).scores()))
    assert shown == pytest.approx({n: metrics.value(n) for n in SUMS}, nan_ok=True)


def test_a_mean_leaves_out_what_is_undefined():
    values = np.array([[1.0, np.nan, np.nan], [0.0, 0.5, np.nan]])
    assert classes._mean_of_known(values)[:2].tolist() == [0.5, 0.5]
    assert np.isnan(classes._mean_of_known(values)[2])
