"""Results of a suite of single pictures as a run would leave them, made up from a seed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
import math

from evaluation_examples import example_results

from efficientsam3_ros.evaluation.class_result import (
    CLASS_SCORES,
    Anchor,
    ClassMeans,
    ClassResult,
)
from efficientsam3_ros.evaluation.metrics.average_precision import AveragePrecision
from efficientsam3_ros.evaluation.results import RunResults


@cache
def example_suite() -> RunResults:
    """Return a run over four pictures with three classes and an anchor."""
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
