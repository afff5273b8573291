"""Identity switches are counted when, and only when, an object changes its track."""

import math

import numpy as np
import pytest

from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.evaluation.metrics.frame_overlap import FrameOverlap
from efficientsam3_ros.evaluation.metrics.identity import IdentityCounts, IdentityMatcher


def box(x: int) -> Rle:
    mask = np.zeros((40, 120), bool)
    mask[10:30, x : x + 20] = True
    return Rle.encode(mask)


def run(frames) -> IdentityCounts:
    matcher, total = IdentityMatcher(), IdentityCounts()
    for truth, tracks in frames:
        total += matcher.step(FrameOverlap.of(truth, tracks))
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


def lifetimes(frames) -> IdentityCounts:
    matcher = IdentityMatcher()
    for truth, tracks in frames:
        matcher.step(FrameOverlap.of(truth, tracks))
    return matcher.lifetimes()


SEEN, MISSED, HIDDEN = ({1: box(0)}, {7: box(0)}), ({1: box(0)}, {}), ({}, {})


def test_interruption_is_a_fragmentation_only_while_the_object_is_in_view():
    assert run([SEEN, MISSED, SEEN, MISSED, MISSED, SEEN]).fragmentations == 2
    assert run([MISSED, SEEN, SEEN, MISSED]).fragmentations == 0
    assert run([SEEN, HIDDEN, SEEN]).fragmentations == 0


def test_objects_are_sorted_by_the_share_of_their_time_they_were_tracked():
    assert lifetimes([SEEN] * 9 + [MISSED] + [HIDDEN] * 9) == IdentityCounts(mostly_tracked=1)
    assert lifetimes([SEEN] * 8 + [MISSED] * 2) == IdentityCounts(partly_tracked=1)
    assert lifetimes([SEEN] * 2 + [MISSED] * 8) == IdentityCounts(partly_tracked=1)
    assert lifetimes([SEEN] + [MISSED] * 9) == IdentityCounts(mostly_lost=1)


def test_matcher_tells_who_was_matched_and_who_switched():
    matcher = IdentityMatcher()
    matcher.step(FrameOverlap.of({1: box(0), 2: box(60)}, {7: box(0)}))
    assert (matcher.pairs, matcher.switched) == ({1: 7}, frozenset())
    matcher.step(FrameOverlap.of({1: box(0), 2: box(60)}, {8: box(0)}))
    assert (matcher.pairs, matcher.switched) == ({1: 8}, {1})


@pytest.mark.parametrize('seed', range(6))
@pytest.mark.parametrize('always_seen', [True, False])
def test_equals_trackeval(seed, always_seen, random_clip, trackeval_data):
    metrics = pytest.importorskip('trackeval.metrics')
    clip = random_clip(seed, always_seen=always_seen)
    matcher = IdentityMatcher()
    ours = sum((matcher.step(frame) for frame in clip), IdentityCounts())
    ours += matcher.lifetimes()
    theirs = metrics.CLEAR({'PRINT_CONFIG': False}).eval_sequence(trackeval_data(clip))
    names = {
        'CLR_TP': ours.matches,
        'CLR_FN': ours.misses,
        'CLR_FP': ours.false_positives,
        'IDSW': ours.switches,
        'MT': ours.mostly_tracked,
        'PT': ours.partly_tracked,
        'ML': ours.mostly_lost,
    }
    if always_seen:
        # Else TrackEval takes an object that left and came back for an interrupted one.
        names['Frag'] = ours.fragmentations
        assert ours.fragmentations > 3
    assert ours.switches > 3
    assert names == {name: theirs[name] for name in names}
    assert ours.mota == pytest.approx(theirs['MOTA'], abs=1e-9)
