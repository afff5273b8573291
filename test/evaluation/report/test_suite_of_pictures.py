"""The report of a suite of pictures: classes, worst pictures, no word on tracks."""

from __future__ import annotations

from dataclasses import replace
import math

from evaluation_examples import example_picture, example_results
from html_page import body, parsed
import pytest

from efficientsam3_ros.evaluation.class_result import (
    CLASS_SCORES,
    Anchor,
    ClassMeans,
    ClassResult,
)
from efficientsam3_ros.evaluation.metrics.average_precision import AveragePrecision
from efficientsam3_ros.evaluation.report import report_page
from efficientsam3_ros.evaluation.report.suite_of_pictures import worst_pictures
from efficientsam3_ros.evaluation.run.summary import summary


@pytest.fixture(scope='module')
def results():
    base = example_results(4, frames=60)
    metrics = replace(base.total, ap=0.2, ap_50=0.4, ap_75=0.1)
    ends = dict.fromkeys(CLASS_SCORES, (0.1, 0.5))
    empty = replace(metrics, precision_50=math.nan, ap=math.nan)
    classes = {
        'mug': ClassResult(4, 3, 7, 5, metrics, ends),
        'pot': ClassResult(4, 0, 0, 0, empty, {**ends, 'ap_50': (math.nan, math.nan)}),
        'object': ClassResult(4, 4, 9, 12, metrics, ends, any_object=True),
    }
    boxes = AveragePrecision(0.31, 0.55, 0.3)
    anchor = Anchor(
        'yolox.onnx', 'ab' * 32, {'mug': boxes}, boxes, AveragePrecision(0.2, 0.4, 0.1)
    )
    scores = {name: metrics.value(name) for name in CLASS_SCORES}
    means = ClassMeans(scores, dict.fromkeys(CLASS_SCORES, 1), ends)
    config = replace(base.config, suite='real-coco', mode='every_frame')
    return replace(
        base,
        config=config,
        intervals_95=ends,
        total=metrics,
        classes=classes,
        class_means=means,
        anchor=anchor,
    )


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
