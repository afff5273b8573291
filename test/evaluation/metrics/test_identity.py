"""Identity switches are counted when, and only when, an object changes its track."""

import math

import numpy as np

from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.evaluation.metrics.identity import IdentityCounts, IdentityMatcher


def box(x: int) -> Rle:
    mask = np.zeros((40, 120), bool)
    mask[10:30, x : x + 20] = True
    return Rle.encode(mask)


def run(frames) -> IdentityCounts:
    matcher, total = IdentityMatcher(), IdentityCounts()
    for truth, tracks in frames:
        total += matcher.step(truth, tracks)
    return total


def test_steady_ids_count_no_switch():
    counts = run([({1: box(0), 2: box(60)}, {7: box(0), 8: box(60)})] * 3)
    assert counts == IdentityCounts(switches=0, matches=6)
    assert counts.mota == 1.0


def test_swap_counts_one_switch_an_object():
    first = ({1: box(0), 2: box(60)}, {7: box(0), 8: box(60)})
    swapped = ({1: box(0), 2: box(60)}, {8: box(0), 7: box(60)})
    assert run([first, swapped, swapped]).switches == 2


def test_new_id_after_a_gap_is_a_switch_and_the_old_id_is_none():
    seen = ({1: box(0)}, {7: box(0)})
    hidden = ({}, {})
    assert run([seen, hidden, ({1: box(0)}, {9: box(0)})]).switches == 1
    assert run([seen, hidden, seen]).switches == 0


def test_valid_pair_is_kept_though_another_overlaps_more():
    # CLEAR-MOT: correspondences are kept while they hold.
    later = ({1: box(0)}, {7: box(4), 8: box(0)})
    counts = run([({1: box(0)}, {7: box(0)}), later])
    assert counts == IdentityCounts(switches=0, matches=2, false_positives=1)


def test_poor_overlap_is_a_miss_and_a_false_positive():
    counts = run([({1: box(0)}, {7: box(12)})])
    assert counts == IdentityCounts(misses=1, false_positives=1)
    assert counts.mota == -1.0
    assert math.isnan(IdentityCounts().mota)
