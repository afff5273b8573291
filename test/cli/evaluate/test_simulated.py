"""``efficientsam3 evaluate`` on simulated scenes: stored suites, and seeds of the moment."""

from __future__ import annotations

from pathlib import Path

from evaluate_command import evaluate, load
import pytest

from efficientsam3_ros.datasets.simulated import suites
from efficientsam3_ros.datasets.simulated.suites import Suite

pytestmark = pytest.mark.usefixtures('engine', 'workplace')


def test_a_suite_is_rendered_once_and_named_by_its_seeds(monkeypatch, capsys):
    pytest.importorskip('efficientsam3_ros.simulation')
    small = Suite('small-v1', (30000, 30001), 'primitives', frames=2, width=80, height=60)
    monkeypatch.setitem(suites.SUITES, 'small-v1', small)
    assert evaluate('--suite', 'small-v1', '--out', 'out', '--no-overlay') == 0
    results = load('out')
    assert list(results['sequences']) == ['small-v1-30000', 'small-v1-30001']
    assert results['config']['suite'] == 'small-v1'
    assert 'simulated' in Path('out/results.md').read_text()

    monkeypatch.setattr('efficientsam3_ros.simulation.Tabletop', None)
    assert evaluate('--suite', 'small-v1') == 0
    assert evaluate('--suite', 'none-v1') == 2
    told = capsys.readouterr().err
    assert 'small-v1' in told and 'real-coco' in told


def test_scenes_of_any_seeds_are_a_suite_of_the_moment(monkeypatch, capsys):
    pytest.importorskip('efficientsam3_ros.simulation')
    words = ('--scenes', '5-6', '--pack', 'primitives', '--frames', '2', '--sensor-noise')
    assert evaluate(*words, '--out', 'out', '--no-overlay') == 0
    results = load('out')
    assert list(results['sequences']) == ['train-5', 'train-6']
    assert results['total']['frames'] == 4
    title = '--scenes 5-6 --split train --pack primitives --frames 2 --sensor-noise'
    assert results['config']['suite'] == title
    assert f'{title} (simulated images)' in capsys.readouterr().out
    monkeypatch.setattr('efficientsam3_ros.simulation.Tabletop', None)
    assert evaluate(*words) == 0
