"""The report of a suite of pictures: classes, worst pictures, no word on tracks."""

from __future__ import annotations

from evaluation_examples import example_picture
from html_page import body, parsed
from picture_examples import example_suite
import pytest

from efficientsam3_ros.evaluation.report import report_page
from efficientsam3_ros.evaluation.report.suite_of_pictures import worst_pictures
from efficientsam3_ros.evaluation.run.summary import summary


@pytest.fixture
def results():
    return example_suite()


def test_the_page_is_whole_and_tells_classes_and_pictures(results):
    names = [name for name, _ in worst_pictures(results)]
    page = report_page(results, {names[0]: [example_picture(1)]})
    parsed(page)
    text = body(page)
    assert text.count('data:image/jpeg') == 1
    assert text.index(f'<b>{names[0]}</b>') < text.index(f'<b>{names[1]}</b>')
    for said in ('mug', 'AP50', 'mean of classes', 'all by name', 'yolox.onnx', '--root FOLDER'):
        assert said in text
    for track in ('HOTA', 'J&amp;F', 'id switch', 'latency', 'Track timelines'):
        assert track not in text


def test_the_printed_tables_tell_the_same(results):
    text = summary(results)
    rows = {line.split('|')[1].strip(): line for line in text.splitlines() if '|' in line}
    assert {'mug', 'pot', 'object', 'mean of classes', 'all by name'} <= set(rows)
    # By name: the mug and the pot, not the objects of any class.
    assert rows['all by name'].count('|') > 5
    assert '(real images)' in text and 'id switches' not in text and 'p95' not in text


def test_the_worst_picture_has_the_smallest_share_of_matches(results):
    def share(item):
        m = item.metrics
        return m.matches / (m.matches + m.misses + m.false_positives)

    shares = [share(item) for _, item in worst_pictures(results)]
    assert shares == sorted(shares)
