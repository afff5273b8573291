"""The held-out evaluation: its arguments, its cache, and one small scene of it."""

import json

import pytest
from scripted_engine import ColorEngine

from efficientsam3_ros.evaluation import tabletop_suite
from efficientsam3_ros.evaluation.tabletop_suite import SuiteConfig, main, parse_seeds


def test_seeds():
    assert parse_seeds('3,5,8-10') == (3, 5, 8, 9, 10)
    with pytest.raises(ValueError, match='numbers such as'):
        parse_seeds('5-')
    with pytest.raises(ValueError, match='No scene'):
        SuiteConfig(parse_seeds('9-8'))


def test_one_small_scene_is_scored_reported_and_cached(tmp_path, monkeypatch, capsys):
    pytest.importorskip('efficientsam3_ros.simulation')
    engine = ColorEngine()
    monkeypatch.setattr(tabletop_suite, 'load_engine', lambda *_: engine)
    monkeypatch.setattr(tabletop_suite, 'find_bundle', lambda name: tmp_path)
    monkeypatch.setattr(tabletop_suite.Manifest, 'load', lambda folder: engine.manifest)
    cache, out = tmp_path / 'clips', tmp_path / 'out'
    arguments = ['--scenes', '5', '--frames', '2', '--pack', 'primitives', '--cache', str(cache)]
    assert main([*arguments, '--out', str(out)]) == 0
    first = (out / 'results.json').read_text()
    data = json.loads(first)
    assert data['total']['detector']['datapoints'] == 2 * 3
    assert data['config']['threshold'] == engine.manifest.threshold
    assert 'simulated images' in (out / 'results.md').read_text()
    files = list(cache.iterdir())
    assert [file.suffix for file in files] == ['.npz']

    monkeypatch.setattr('efficientsam3_ros.evaluation.simulated_clips.Tabletop', None)
    assert main([*arguments, '--choose-threshold']) == 0
    assert 'threshold 0.' in capsys.readouterr().out
