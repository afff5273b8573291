"""The learning rate over a run."""

from itertools import pairwise

from training.runtime import learning_rate_factor


def test_the_rate_warms_up_holds_and_ends_at_zero():
    rates = [learning_rate_factor(i, 100, 10, 0.4) for i in range(101)]
    assert rates[0] == 0.1 and rates[9] == 1 and rates[39] == 1 and rates[100] < 1e-6
    assert all(a >= b for a, b in pairwise(rates[10:]))
