from __future__ import annotations

import numpy as np

from efficientsam3_ros.scene3d.cloud.slivers import without_slivers


def painted(*regions):
    mask = np.zeros((60, 80), bool)
    for rows, columns in regions:
        mask[slice(*rows), slice(*columns)] = True
    return mask


BODY = ((10, 50), (10, 40))
STRIP = ((10, 50), (42, 47))
BROAD = ((10, 30), (42, 54))


def test_a_strip_beside_the_body_goes_and_a_broad_part_stays():
    assert np.array_equal(without_slivers(painted(BODY, STRIP)), painted(BODY))
    assert np.array_equal(without_slivers(painted(BODY, BROAD)), painted(BODY, BROAD))


def test_what_is_narrow_and_connected_stays():
    handle = painted(BODY, ((20, 22), (40, 60)))
    assert np.array_equal(without_slivers(handle), handle)


def test_a_narrow_thing_cut_in_two_stays():
    pen = painted(((20, 24), (5, 35)), ((20, 24), (45, 75)))
    assert np.array_equal(without_slivers(pen), pen)
    assert not without_slivers(painted()).any()
