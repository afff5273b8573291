"""``doctor --engine`` prints one table, and its exit code tells whether all checks passed."""

from __future__ import annotations

import pytest
from tiny_onnx import write_tiny_bundle

from efficientsam3_ros.cli import engine_report
from efficientsam3_ros.cli.main import main


@pytest.fixture
def bundle(tmp_path) -> str:
    return str(write_tiny_bundle(tmp_path))


def test_a_sound_engine_passes_all_checks(bundle, capsys):
    assert main(['doctor', '--engine', 'onnxruntime', '--bundle', bundle]) == 0
    out = capsys.readouterr().out
    assert 'onnxruntime: all' in out
    assert 'FAILED' not in out
    assert 'values pass between graphs' in out
    # Times and differences stand in the lines of the graphs.
    line = next(line for line in out.splitlines() if line.startswith('image_encoder'))
    assert line.split()[1] == 'ok' and line.split()[3] == '0.0e+00'


def test_an_engine_that_is_not_here_is_one_line_with_its_remedy(bundle, monkeypatch, capsys):
    states = {'tensorrt': 'tensorrt is not installed: pip install tensorrt'}
    monkeypatch.setattr(engine_report, 'available_backends', lambda: states)
    assert main(['doctor', '--engine', 'tensorrt:fp16', '--bundle', bundle]) == 1
    out = capsys.readouterr().out
    assert 'remedies:\n  tensorrt is not installed: pip install tensorrt' in out
    assert '1 of 1 checks failed' in out


def test_an_engine_that_cannot_load_the_bundle_says_why(bundle, monkeypatch, capsys):
    def fail(*_, **__):
        raise RuntimeError('no memory\nleft')

    monkeypatch.setattr(engine_report, 'load_engine', fail)
    assert main(['doctor', '--engine', 'onnxruntime', '--bundle', bundle]) == 1
    assert 'bundle loads' in (out := capsys.readouterr().out)
    assert 'no memory left' in out


@pytest.mark.parametrize(
    ('words', 'message'),
    [
        (['--engine', 'magic'], 'choose one of onnxruntime'),
        (['--engine', 'onnxruntime', '--bundle', 'none'], 'There is no bundle'),
    ],
)
def test_an_unknown_engine_or_bundle_is_the_users_error(words, message, capsys):
    assert main(['doctor', *words]) == 2
    assert message in capsys.readouterr().err
