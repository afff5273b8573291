"""First prompts: boxes that are jittered within bounds, points that lie in the mask."""

from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.core import Rle
from efficientsam3_ros.core.id_image import true_instance
from efficientsam3_ros.datasets.stills.mask_origin import MaskOrigin
from training.encoder.prompts.first import FirstPrompt, box_of, point_of

BOX = np.array([0.5, 0.4, 0.4, 0.2], np.float32)
POINT = np.array([0.45, 0.35], np.float32)


def drawn(prompt, count=200):
    rng = np.random.default_rng(0)
    return np.stack([prompt.draw(BOX, POINT, rng) for _ in range(count)])


def test_the_jitter_of_a_corner_is_bounded():
    boxes = drawn(FirstPrompt(box_share=1.0, jitter=0.5, largest_jitter=0.02))
    corners = np.concatenate([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], 1)
    off = np.abs(corners - [0.3, 0.3, 0.7, 0.5])
    assert off.max() <= 0.02 + 1e-6 and off.max(0).min() > 0.019
    small = drawn(FirstPrompt(box_share=1.0, jitter=0.01, largest_jitter=1.0))
    # A hundredth of the width, and of the height.
    assert np.ptp(small[:, 0]) > 1.5 * np.ptp(small[:, 1])
    np.testing.assert_allclose(drawn(FirstPrompt(1.0, 0.0), 1)[0], BOX, atol=1e-6)


def test_half_are_points():
    prompts = drawn(FirstPrompt(box_share=0.5, jitter=0.0, point_side=0.01))
    points = np.isclose(prompts[:, 2], 0.01)
    assert 70 < points.sum() < 130
    np.testing.assert_allclose(prompts[points][0], [0.45, 0.35, 0.01, 0.01])


def test_a_box_stays_in_the_picture_and_keeps_a_side():
    edge = np.array([0.0005, 0.5, 0.001, 0.001], np.float32)
    rng = np.random.default_rng(1)
    for _ in range(50):
        box = FirstPrompt(1.0, 5.0, 0.5).draw(edge, POINT, rng)
        assert (box[:2] - box[2:] / 2 >= -1e-6).all() and (box[:2] + box[2:] / 2 <= 1 + 1e-6).all()
        assert (box[2:] > 0.0019).all()


def test_the_click_of_the_data_set_is_taken_if_it_lies_in_the_mask():
    mask = np.zeros((10, 20), bool)
    mask[4:6, 10:14] = True
    thing = true_instance(1, 'object', Rle.encode(mask))
    np.testing.assert_allclose(box_of(thing), [12 / 20, 5 / 10, 4 / 20, 2 / 10])
    rng = np.random.default_rng(0)

    def origin(*points):
        return MaskOrigin(points, (0, 0, 20, 10), 0.9, 0.9)

    inside = point_of(thing, origin((1.0, 1.0), (12.5, 4.5)), rng)
    assert inside.tolist() == pytest.approx([12.5 / 20, 4.5 / 10])
    for given in (origin((1.0, 1.0)), None):
        x, y = point_of(thing, given, rng) * [20, 10]
        assert mask[int(y), int(x)] and x % 1 == pytest.approx(0.5)
