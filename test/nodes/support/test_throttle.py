from __future__ import annotations

from efficientsam3_ros.nodes.support.throttle import Throttle


def test_each_key_passes_once_in_a_period():
    throttle = Throttle(period_s=5.0)
    passed = [(key, t) for t in range(12) for key in 'ab' if throttle.due(key, float(t))]
    assert passed == [(key, t) for t in (0, 5, 10) for key in 'ab']


def test_keys_without_end_take_no_memory_without_end():
    throttle = Throttle(period_s=5.0, most=3)
    assert all(throttle.due(f'key {i}', float(i)) for i in range(100))
    assert len(throttle._last) == 3
    assert not throttle.due('key 99', 100.0)
