"""``efficientsam3 evaluate`` leaves results, predictions, overlays, a report; twice the same."""

from __future__ import annotations

import json
from pathlib import Path

from evaluate_command import evaluate, load, write_bag
import pytest

from efficientsam3_ros.bags import BagReader

pytestmark = pytest.mark.usefixtures('engine', 'workplace')


def test_two_runs_give_the_same_results_apart_from_times(engine):
    bags = [write_bag(Path('one.mcap')), write_bag(Path('two'), hidden=(4,))]
    for name in ('a', 'b'):
        assert evaluate(*bags, '--out', name, '--cache', f'cache_{name}') == 0
    first, second = load('a'), load('b')
    assert first.pop('timing') != second.pop('timing')
    assert json.dumps(first) == json.dumps(second)
    assert list(first['sequences']) == ['one', 'two']
    assert first['sequences']['one']['metrics']['jf'] == pytest.approx(1, abs=1e-3)
    assert first['total']['misses'] == 1
    files = {str(p.relative_to('a')) for p in Path('a').rglob('*') if p.is_file()}
    assert files >= {
        'results.json', 'results.md', 'predictions/one.mcap', 'predictions/two.mcap',
        'overlays/one.mp4', 'overlays/two.mp4',
    }  # fmt: skip
    with BagReader('a/predictions/one.mcap') as bag, BagReader('one.mcap') as source:
        stamps = [result.stamp_ns for result in bag.results('/tracker/instances')]
        assert stamps == [frame.stamp_ns for frame in source.frames()]


def test_the_report_shows_every_sequence():
    pytest.importorskip('efficientsam3_ros.evaluation.report')
    write_bag(Path('one.mcap'), hidden=(4,))
    assert evaluate('one.mcap', '--out', 'out', '--no-overlay') == 0
    page = Path('out/report.html').read_text()
    assert 'one' in page
    assert 'missed red block' in page
    assert not Path('out/overlays').exists()
