"""The rate of overlays comes from the stamps."""

import pytest

from efficientsam3_ros.core.frame_rate import frame_rate


@pytest.mark.parametrize(
    ('stamps_ms', 'rate'),
    [([0, 100, 200, 1200, 1300, 1400], 10), ([], 15), ([7], 15), ([5, 5, 5], 15), ([0, 1], 120)],
)
def test_the_median_step_within_what_a_video_takes(stamps_ms, rate):
    assert frame_rate([-(10**18) + stamp * 1_000_000 for stamp in stamps_ms]) == rate
