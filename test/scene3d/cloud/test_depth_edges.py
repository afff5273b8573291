from __future__ import annotations

import numpy as np

from efficientsam3_ros.scene3d.cloud.depth_edges import behind_edges, grow


def test_only_the_far_side_of_a_jump_is_marked():
    depth = np.full((7, 9), 0.8)
    depth[:, 5:] = 1.0
    marked = behind_edges(depth)
    assert marked[:, 5].all()
    assert marked.sum() == 7


def test_what_hangs_between_two_surfaces_is_marked():
    depth = np.full((7, 9), 0.8)
    depth[:, 4], depth[:, 5], depth[:, 6:] = 0.87, 0.94, 1.0
    assert behind_edges(depth)[:, 4:7].all()
    assert not behind_edges(depth)[:, :4].any()


def test_slopes_and_holes_are_no_jumps():
    slope = np.tile(np.linspace(0.5, 0.62, 9), (7, 1))
    assert not behind_edges(slope).any()
    hole = np.full((7, 9), 0.8)
    hole[2:5, 3:6] = np.nan
    assert not behind_edges(hole).any()


def test_grow():
    mask = np.zeros((7, 9), bool)
    mask[3, 4] = True
    assert grow(mask, 2).sum() == 25
    assert grow(mask, 0).sum() == 1
