"""Markup is escaped by construction."""

from __future__ import annotations

from efficientsam3_ros.evaluation.report.markup import Html, counted, tag


def test_text_and_attributes_are_escaped_and_markup_is_kept():
    inner = tag('b', '<i>')
    assert tag('p', 'a & ', inner, title='"x"') == (
        '<p title="&quot;x&quot;">a &amp; <b>&lt;i&gt;</b></p>'
    )
    assert isinstance(inner, Html)


def test_joining_markup_with_text_loses_the_trust():
    assert tag('p', tag('b', 'x') + '<i>') == '<p>&lt;b&gt;x&lt;/b&gt;&lt;i&gt;</p>'


def test_names_of_attributes():
    assert tag('circle', stroke_width=2.04, class_='a', cx=1.0, hidden=None, open=True) == (
        '<circle stroke-width="2" class="a" cx="1" open></circle>'
    )


def test_iterables_are_joined_and_void_elements_are_not_closed():
    assert tag('p', (tag('br') for _ in range(2)), None) == '<p><br><br></p>'


def test_counted():
    assert counted(1, 'frame') == '1 frame'
    assert counted(2, 'process', 'processes') == '2 processes'
