"""Smaller samples stay true: nothing vanishes and is then called absent."""

from __future__ import annotations

import numpy as np
import pytest
import still_files

from efficientsam3_ros.core import Frame, FrameResult, Rle
from efficientsam3_ros.core.id_image import true_instance
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame, Opinion
from efficientsam3_ros.datasets.stills.rgbd import RgbdScenes
from training.shard.shrinking import shrunk


def labeled(*masks, opinion=()):
    """Return a picture of 40x80 with masks of some concepts."""

    def truth(items):
        found = [true_instance(n, word, Rle.encode(m)) for n, (word, m) in enumerate(items, 1)]
        return FrameResult(1, 'camera', 40, 80, 1, tuple(found))

    frame = Frame(np.zeros((40, 80, 3), np.uint8), 1, 'camera')
    opinions = (Opinion('b', truth(opinion)),) if opinion else ()
    return LabeledFrame('x', frame, truth(masks), ('cup', 'pin', 'fork'), opinions=opinions)


def square(x, y, side):
    mask = np.zeros((40, 80), bool)
    mask[y : y + side, x : x + side] = True
    return mask


def test_a_noun_whose_thing_vanishes_is_asked_no_more():
    small = shrunk(labeled(('cup', square(8, 8, 20)), ('pin', square(41, 1, 1))), 20)
    assert (small.frame.height, small.frame.width) == (10, 20)
    assert [(i.concept, i.mask.box_xyxy) for i in small.truth.instances] == [('cup', (2, 2, 7, 7))]
    assert small.nouns == ('cup', 'fork')


def test_what_another_annotator_loses_is_asked_no_more():
    cup = ('cup', square(8, 8, 20))
    small = shrunk(labeled(cup, opinion=(cup, ('fork', square(41, 1, 1)))), 20)
    assert small.nouns == ('cup', 'pin')
    assert [i.concept for i in small.opinions[0].truth.instances] == ['cup']


def test_depth_and_camera_follow_the_picture(tmp_path):
    before = next(iter(RgbdScenes(still_files.rgbd(tmp_path))))
    small = shrunk(before, 20)
    assert small.depth.shape == small.unlabeled.shape == small.frame.rgb.shape[:2] == (12, 20)
    assert set(np.unique(small.depth)) == set(np.unique(before.depth))
    assert small.depth.dtype == np.float32 and small.unlabeled.dtype == bool
    camera = small.intrinsics
    assert (camera.width, camera.height, camera.fx) == (20, 12, before.intrinsics.fx / 2)
    # The middle of the picture stays the middle.
    middle = (before.intrinsics.cx + 0.5) / 40
    assert (camera.cx + 0.5) / 20 == pytest.approx(middle)


def test_a_picture_that_is_small_enough_is_the_same_object():
    picture = labeled(('cup', square(8, 8, 20)))
    assert shrunk(picture, 80) is picture
