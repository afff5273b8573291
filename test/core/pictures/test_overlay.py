from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState
from efficientsam3_ros.core.pictures.overlay import draw_overlay, track_color


def result_of(*instances: Instance, height: int = 240, width: int = 320) -> FrameResult:
    return FrameResult(0, '', height, width, 1, instances)


def instance(track_id: int, rows: slice, cols: slice, score: float = 0.9, **fields) -> Instance:
    mask = np.zeros((240, 320), bool)
    mask[rows, cols] = True
    concept = fields.pop('concept', 'mug')
    return Instance(track_id, track_id, concept, score, Rle.encode(mask), TrackState.TRACKED)


def gray() -> np.ndarray:
    return np.full((240, 320, 3), 100, np.uint8)


def test_mask_is_tinted_and_the_rest_untouched():
    rgb = gray()
    picture = draw_overlay(rgb, result_of(instance(3, slice(100, 200), slice(50, 150))))
    assert (rgb == 100).all(), 'the source image must not change'
    expected = 0.55 * 100 + 0.45 * np.array(track_color(3))
    np.testing.assert_allclose(picture[150, 100], expected, atol=1)
    np.testing.assert_array_equal(picture[150, 250], [100, 100, 100])
    np.testing.assert_array_equal(picture[150, 50], track_color(3), 'the outline')


def test_caption_stands_above_the_mask():
    picture = draw_overlay(gray(), result_of(instance(3, slice(100, 200), slice(50, 150))))
    assert (picture[80:98, 50:150] == 0).any()
    assert (picture[80:98, 50:150] != draw_overlay(gray(), result_of())[80:98, 50:150]).any()


def test_higher_score_lies_on_top_whatever_the_order():
    low = instance(1, slice(50, 150), slice(50, 150), score=0.2)
    high = instance(2, slice(50, 150), slice(50, 150), score=0.8)
    one = draw_overlay(gray(), result_of(low, high))
    # Below, where no caption reaches; its size depends on the version of OpenCV.
    np.testing.assert_array_equal(one[149, 120], track_color(2))


def test_colours_of_neighbouring_ids_differ():
    colors = np.array([track_color(i) for i in range(1, 9)], int)
    gaps = np.abs(colors[1:] - colors[:-1]).sum(axis=1)
    assert gaps.min() > 150
    assert track_color(5) == track_color(5)


def test_unseen_instances_and_odd_words_do_no_harm():
    hidden = Instance(1, 1, 'mug', 0.5, Rle.empty(240, 320), TrackState.OCCLUDED)
    np.testing.assert_array_equal(draw_overlay(gray(), result_of(hidden)), gray())
    corner = instance(2, slice(0, 5), slice(315, 320), concept='grüne Tasse')
    draw_overlay(gray(), result_of(corner))


def test_read_only_image_is_accepted():
    rgb = gray()
    rgb.setflags(write=False)
    draw_overlay(rgb, result_of(instance(3, slice(0, 9), slice(0, 9))))


def test_other_size_is_refused():
    with pytest.raises(ValueError, match='320x240'):
        draw_overlay(np.zeros((10, 10, 3), np.uint8), result_of())
