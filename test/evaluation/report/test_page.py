"""Pages are escaped, whole and self-contained."""

from __future__ import annotations

from base64 import b64decode
import math

import cv2
from evaluation_examples import example_picture
import numpy as np
import pytest

from efficientsam3_ros.evaluation.report.page import data_uri, render, sort_key
from efficientsam3_ros.evaluation.scoring.metric_info import counted


def test_text_is_escaped():
    page = render('page.html.jinja', title='<i>"&')
    assert '<title>&lt;i&gt;&#34;&amp;</title>' in page


def test_the_browser_is_told_to_refuse_every_request():
    assert "default-src 'none'; img-src data:" in render('page.html.jinja', title='')


def test_counted():
    assert counted(1, 'frame') == '1 frame'
    assert counted(2, 'process', 'processes') == '2 processes'


@pytest.mark.parametrize(('value', 'key'), [(0.25, '0.25'), (3, '3'), (math.nan, '')])
def test_undefined_values_are_sorted_last(value, key):
    assert sort_key(value) == key


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
