"""Charts as data."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.evaluation.report.charts import Chart, Layer
from efficientsam3_ros.evaluation.typed_json import to_data


def test_columns_are_plain_and_as_short_as_a_screen_needs():
    layer = Layer('line', {'x': np.array([1 / 3, 2.0]), 'n': np.array([1, 2]), 'name': ('a', 'b')})
    assert layer.data == {'x': [0.3333, 2.0], 'n': [1, 2], 'name': ['a', 'b']}


def test_gaps_are_null():
    chart = Chart('t', [Layer('line', {'x': [0, 1], 'y': [np.nan, 0.5]})], 'x')
    assert to_data(chart)['layers'][0]['data']['y'] == [None, 0.5]
