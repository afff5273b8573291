"""A robot's process reaches its first mask without loading what training needs."""

from __future__ import annotations

import pytest

from efficientsam3_ros.cli.benchmarks import cold_start
from efficientsam3_ros.cli.main import main
from efficientsam3_ros.engine import DEFAULT_BUNDLE, available_backends

# The promise is 2 s on an idle machine; machines that run tests are not idle.
LIMIT_S = 30.0


@pytest.mark.parametrize('engine', ['onnxruntime', 'openvino'])
def test_first_mask_comes_without_torch_timm_and_transformers(engine):
    if not available_backends()[engine].startswith('ready'):
        pytest.skip(available_backends()[engine])
    start = cold_start.cold_start(DEFAULT_BUNDLE, engine, 1)
    assert start.heavy == ()
    assert start.steps == 1
    assert 0 < start.imported < start.loaded < start.prompted < start.first_mask < LIMIT_S


def test_the_check_would_see_a_heavy_module(monkeypatch):
    monkeypatch.setattr(cold_start, 'HEAVY', ('json',))
    code = (
        'import efficientsam3_ros.cli.benchmarks.cold_start as c; c.HEAVY = ("json",); c.child()'
    )
    real = cold_start.subprocess.run

    def run(command, **options):
        return real([command[0], '-c', code, *command[3:]], **options)

    monkeypatch.setattr(cold_start.subprocess, 'run', run)
    assert cold_start.cold_start(DEFAULT_BUNDLE, 'onnxruntime', 1).heavy == ('json',)


def test_a_start_that_fails_says_why():
    with pytest.raises(RuntimeError, match='There is no bundle "nothing"'):
        cold_start.cold_start('nothing', 'onnxruntime', 1)


def test_the_command_prints_the_median(monkeypatch, capsys):
    times = iter([1.5, 0.5, 0.7])

    def fake(bundle, engine, threads):
        last = next(times)
        return cold_start.ColdStart(0.1, 0.2, 0.3, last, 1, ())

    monkeypatch.setattr(cold_start, 'cold_start', fake)
    assert main(['benchmark', 'cold-start', '--runs', '3']) == 0
    out = capsys.readouterr().out
    assert 'first mask after 0.70 s (median of 3, worst 1.50 s)' in out
    assert 'loaded besides: none' in out
