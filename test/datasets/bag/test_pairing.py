"""Each frame gets the nearest truth, each truth at most one frame."""

import numpy as np
import pytest

from efficientsam3_ros.datasets.bag.pairing import pair


@pytest.mark.parametrize(
    ('frames', 'truth', 'tolerance', 'partners', 'unused', 'moved'),
    [
        ([10, 20, 30], [10, 20, 30], 0, [0, 1, 2], 0, 0),
        ([10, 20, 30], [11, 20], 0, [-1, 1, -1], 1, 0),
        ([10, 20, 30], [11, 19, 33], 3, [0, 1, 2], 0, 3),
        ([10, 20, 30], [9, 11, 20], 5, [0, 2, -1], 1, 1),
        ([10, 20, 30], [12, 10], 5, [1, -1, -1], 1, 0),
        ([10, 20], [15], 5, [0, -1], 0, 1),
        ([], [1, 2], 5, [], 2, 0),
        ([1, 2], [], 5, [-1, -1], 0, 0),
    ],
)
def test_pairs(frames, truth, tolerance, partners, unused, moved):
    found = pair(np.array(frames, np.int64), np.array(truth, np.int64), tolerance)
    assert found.partners.tolist() == partners
    assert (found.unused, found.moved) == (unused, moved)
