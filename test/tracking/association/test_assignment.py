"""The best pairing, checked against all pairings."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from efficientsam3_ros.tracking.association.assignment import assign


def best_sum(weights: np.ndarray) -> float:
    """Try all pairings."""
    wide = weights if weights.shape[0] <= weights.shape[1] else weights.T
    rows, columns = wide.shape
    gains = np.maximum(wide, 0)
    return max(
        sum(gains[i, c] for i, c in enumerate(p)) for p in permutations(range(columns), rows)
    )


@pytest.mark.parametrize('shape', [(1, 1), (3, 3), (2, 5), (5, 2), (4, 5)])
def test_the_sum_is_the_largest_possible(shape):
    random = np.random.default_rng(1)
    for _ in range(30):
        # Few distinct values make ties, and half of the pairs are forbidden.
        weights = np.round(random.random(shape) * 4) / 4 * (random.random(shape) > 0.5)
        pairs = assign(weights)
        assert sum(weights[pair] for pair in pairs) == pytest.approx(best_sum(weights))
        assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)


def test_forbidden_pairs_are_never_made():
    assert assign(np.array([[0.0, -1.0], [0.0, 0.5]])) == [(1, 1)]
    assert assign(np.zeros((2, 3))) == []
    assert assign(np.zeros((0, 3))) == []


def test_greed_would_be_wrong_here():
    assert assign(np.array([[0.9, 0.8], [0.8, 0.0]])) == [(0, 1), (1, 0)]
