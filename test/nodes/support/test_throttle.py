from __future__ import annotations

from efficientsam3_ros.nodes.support.throttle import Throttle


def test_each_key_passes_once_in_a_period():
    throttle = Throttle(period_s=5.0)
    passed = [(key, t) for t in range(12) for key in 'ab' if throttle.due(key, float(t))]
    assert passed == [(key, t) for t in (0, 5, 10) for key in 'ab']
