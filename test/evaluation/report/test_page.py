"""Pages are escaped, whole and self-contained."""

from __future__ import annotations

import math

import pytest

from efficientsam3_ros.evaluation.report.page import counted, render, sort_key


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
