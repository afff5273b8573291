"""Points where two masks differ: where, with which label, and when there is none."""

from __future__ import annotations

import numpy as np

from training.encoder.prompts.disagreement import corrections

MISSED = np.zeros((4, 8), bool)
MISSED[1, 2:6] = True
EMPTY = np.zeros((4, 8), bool)


def one(found, wanted, least=1, seed=0):
    return corrections(found[None], wanted[None], least, np.random.default_rng(seed))[0]


def test_a_missed_pixel_is_labelled_1_and_an_extra_one_0():
    missed, extra = one(EMPTY, MISSED), one(MISSED, EMPTY)
    assert missed is not None and extra is not None
    assert (missed.label, extra.label) == (1, 0)
    assert (missed.x, missed.y) == (extra.x, extra.y)


def test_points_are_middles_of_the_pixels_that_differ_all_alike():
    wanted = MISSED.copy()
    found = MISSED.copy()
    found[1, 4] = False  # missed
    found[3, 0] = True  # extra
    drawn = [one(found, wanted, seed=seed) for seed in range(60)]
    places = [(p.x, p.y, p.label) for p in drawn if p is not None]
    assert set(places) == {(4.5 / 8, 1.5 / 4, 1), (0.5 / 8, 3.5 / 4, 0)}
    assert 15 < places.count((4.5 / 8, 1.5 / 4, 1)) < 45


def test_too_few_pixels_are_not_corrected():
    assert one(EMPTY, MISSED, least=5) is None
    assert one(EMPTY, MISSED, least=4) is not None
    assert one(MISSED, MISSED, least=0) is None


def test_the_point_of_a_mask_does_not_depend_on_the_others():
    masks = np.stack([EMPTY, EMPTY])
    first = corrections(masks, np.stack([EMPTY, MISSED]), 1, np.random.default_rng(3))
    second = corrections(masks, np.stack([MISSED, MISSED]), 1, np.random.default_rng(3))
    assert first[0] is None and first[1] == second[1]
