"""The cost table of memories: what it says, and what it compares with."""

from __future__ import annotations

import pytest

from efficientsam3_ros.cli.benchmarks.memory_cost_table import REFERENCE, FrameCost, report
from efficientsam3_ros.cli.main import USER_ERROR, main


def costs() -> list[FrameCost]:
    return [
        FrameCost('full', 'dense', 1, 5184, 36352, 2**20, 240.0, 250.0, (2.0, 4.0, 3.0)),
        FrameCost('full', 'dense', 10, 5184, 36352, 2**20, 2400.0, 2500.0, (30.0, 30.0, 30.0)),
        FrameCost('full', 'perceiver', 1, 400, 2864, 2**17, 60.0, 70.0, (0.5, 0.5, 0.5)),
        FrameCost('full', 'perceiver', 10, 400, 2864, 2**17, 500.0, 600.0, (4.0, 4.0, 4.0)),
        FrameCost('full', REFERENCE, 1, 400, 2864, None, None, 65.0, (1.0, 1.0, 1.0)),
        FrameCost('nano', 'dense', 1, 300, 1808, 2**10, 0.2, 0.3, (9.0, 9.0, 9.0)),
    ]


def test_table_and_conclusions():
    text = report('full', costs())
    assert 'tokens of a frame: 400 of 5184, 1/13.0; attention GMAC: 1/4.0' in text
    assert 'perceiver: 10 objects cost 8.0 times as long as 1' in text
    first = next(line.split() for line in text.splitlines() if line.startswith('dense '))
    assert first == [
        'dense',
        '1',
        '5184',
        '36352',
        '1024',
        '240.000',
        '250.000',
        '3000.0',
        '2000.0',
        '3000.0',
    ]
    assert '9000' not in text, 'the other size has its own table'


@pytest.mark.parametrize('words', [('--objects', '1', '0'), ('--rounds', '0')])
def test_nothing_to_measure_is_refused(words, capsys):
    assert main(['benchmark', 'memory', '--sizes', 'nano', *words]) == USER_ERROR
    assert 'Must be >= 1' in capsys.readouterr().err


def test_reference_tracks_one_object_after_the_other():
    pytest.importorskip('transformers')
    pytest.importorskip('timm')
    from efficientsam3_ros.cli.benchmarks.edgetam_reference import edgetam, frame_of
    from efficientsam3_ros.model.cost.cost import macs_of

    frame = frame_of(edgetam(6, windows=3))
    one, three = (macs_of(lambda n=n: frame(n))[0] for n in (1, 3))
    assert three == 3 * one > 0
