"""Picture and numbers move together, and what shrinks does not alias."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.datasets.stills.camera_path import Window
from efficientsam3_ros.datasets.stills.warp import warp_labels, warp_picture

IDS = np.zeros((120, 160), np.uint16)
IDS[20:70, 30:90] = 1
IDS[60:110, 100:150] = 2


def test_the_color_of_a_pixel_is_that_of_its_number():
    rgb = np.repeat((100 * IDS).astype(np.uint8)[..., None], 3, axis=2)
    window = Window(75, 60, 110, 0.2)
    picture, labels = warp_picture(rgb, window, 90, 120), warp_labels(IDS, window, 90, 120)
    assert set(np.unique(labels)) == {0, 1, 2}
    wrong = np.abs(picture[..., 0] - 100.0 * labels) > 50
    edges = np.zeros(labels.shape, bool)
    for axis in (0, 1):
        for step in (-1, 1):
            edges |= labels != np.roll(labels, step, axis)
    assert not (wrong & ~edges).any()
    assert wrong.sum() < 0.1 * edges.sum(), 'the masks lie beside the picture'


def test_the_whole_still_at_its_own_size_stays_as_it_is():
    rgb = np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8)
    window = Window(79.5, 59.5, 160)
    assert np.array_equal(warp_picture(rgb, window, 120, 160), rgb)
    assert np.array_equal(warp_labels(IDS, window, 120, 160), IDS)


def test_fine_stripes_turn_gray_when_they_shrink():
    stripes = np.zeros((120, 160, 3), np.uint8)
    stripes[:, ::2] = 255
    small = warp_picture(stripes, Window(79.5, 59.5, 150), 27, 36)
    assert np.abs(small - 127.5).max() < 45


def test_beyond_the_still_there_is_no_object():
    labels = warp_labels(np.ones((20, 20), np.uint8), Window(0, 0, 20), 20, 20)
    assert (labels[:9, :9] == 0).all()
    assert (labels[11:, 11:] == 1).all()
