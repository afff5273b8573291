"""Colors of real things: named only where nobody would disagree."""

from __future__ import annotations

import numpy as np
import pytest

from training.data.color_name import color_name


@pytest.mark.parametrize(
    ('rgb', 'name'),
    [
        ((200, 25, 30), 'red'),
        ((30, 60, 190), 'blue'),
        ((40, 150, 50), 'green'),
        ((235, 235, 232), None),
        ((25, 25, 28), 'black'),
        ((128, 126, 130), None),
        ((150, 110, 90), None),
    ],
)
def test_a_plain_thing_has_the_color_that_people_see(rgb, name):
    noise = np.random.default_rng(0).normal(0, 4, (900, 3))
    assert color_name(np.clip(np.array(rgb) + noise, 0, 255).astype(np.uint8)) == name


def test_a_thing_of_two_colors_or_of_few_pixels_has_none():
    pixels = np.repeat(np.array([[200, 25, 30], [30, 60, 190]], np.uint8), 500, 0)
    assert color_name(pixels) is None and color_name(pixels[:100]) is None


def test_in_the_dark_nothing_is_known_to_be_black():
    pixels = np.full((900, 3), 25, np.uint8)
    assert color_name(pixels, light=120) == 'black' and color_name(pixels, light=40) is None
