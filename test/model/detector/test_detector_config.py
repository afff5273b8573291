"""Sizes of the detector that cannot work are refused."""

from __future__ import annotations

import pytest

from efficientsam3_ros.model.detector.detector_config import DetectorConfig


@pytest.mark.parametrize(
    'change, named',
    [
        ({'width': 100}, '100'),
        ({'width': 36, 'heads': 4}, '36'),
        ({'kept_queries': 201}, '200'),
        ({'kept_queries': 0}, 'None keeps all'),
    ],
)
def test_sizes_that_do_not_fit_are_refused(change, named):
    with pytest.raises(ValueError, match=named):
        DetectorConfig(**change)
