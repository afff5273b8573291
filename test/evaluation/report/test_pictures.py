"""Pictures inside the page."""

from __future__ import annotations

from base64 import b64decode

import cv2
from evaluation_examples import example_picture
import numpy as np
import pytest

from efficientsam3_ros.evaluation.report.pictures import data_uri


@pytest.mark.parametrize(('width', 'shown'), [(1920, 480), (480, 480), (120, 120)])
def test_wide_pictures_are_scaled_down_and_small_ones_kept(width, shown):
    uri = data_uri(example_picture(1, width, width * 3 // 4))
    head, data = uri.split(',')
    assert head == 'data:image/jpeg;base64'
    pixels = cv2.imdecode(np.frombuffer(b64decode(data), np.uint8), cv2.IMREAD_COLOR)
    assert pixels.shape == (shown * 3 // 4, shown, 3)


@pytest.mark.parametrize('data', [b'', b'not a picture'])
def test_what_is_no_picture_is_left_out(data):
    assert data_uri(data) is None
