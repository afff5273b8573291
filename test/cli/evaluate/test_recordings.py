"""``efficientsam3 evaluate`` on bags without truth, damaged ones, and ones of the same name."""

from __future__ import annotations

from pathlib import Path

from evaluate_command import evaluate, load, write_bag
import pytest

pytestmark = pytest.mark.usefixtures('engine', 'workplace')


def test_a_bag_without_truth_is_not_given_an_accuracy(capsys):
    write_bag(Path('field.mcap'), truth=False)
    assert evaluate('field.mcap', '--concepts', 'red block', '--out', 'out') == 0
    printed = capsys.readouterr().out
    assert 'not accuracy' in printed
    assert 'cgF1' not in printed
    figures = load('out')['sequences']['field']['metrics']
    assert figures['jf'] is None
    assert figures['coverage'] == 1
    assert evaluate('field.mcap') == 1
    assert '--concepts' in capsys.readouterr().out


def test_what_a_damaged_bag_still_holds_is_scored_and_said(capsys):
    write_bag(Path('whole.mcap'), count=250)
    data = Path('whole.mcap').read_bytes()
    Path('cut.mcap').write_bytes(data[: len(data) // 2])
    assert evaluate('cut.mcap', '--out', 'out', '--no-overlay') == 0
    cut = load('out')['sequences']['cut']
    assert 0 < cut['frames'] < 250
    assert cut['metrics']['jf'] == pytest.approx(1, abs=1e-3)
    assert any('cut off' in note for note in cut['notes'])
    assert 'cut off' in capsys.readouterr().out


def test_a_broken_recording_does_not_stop_the_others(capsys):
    write_bag(Path('good.mcap'))
    Path('bad.mcap').write_bytes(b'no bag at all, this')
    assert evaluate('bad.mcap', 'good.mcap', '--out', 'out') == 1
    results = load('out')
    assert list(results['sequences']) == ['good']
    assert 'bad.mcap' in next(iter(results['failed']))
    assert 'Not evaluated' in capsys.readouterr().out


def test_same_names_are_told_apart():
    for folder in ('monday', 'tuesday'):
        Path(folder).mkdir()
        write_bag(Path(folder, 'run.mcap'))
    assert evaluate('monday/run.mcap', 'tuesday/run.mcap', '--out', 'out', '--no-overlay') == 0
    assert list(load('out')['sequences']) == ['run', 'run~2']
