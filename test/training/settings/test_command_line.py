"""What a stranger reads and types: help with examples, errors in one line."""

from __future__ import annotations

from importlib import import_module
import subprocess
import sys

import pytest

pytest.importorskip('torch')
pytest.importorskip('omegaconf')
pytest.importorskip('mujoco')

from training.settings.command_line import run_command

MODULES = [
    *('supervised', 'stage1', 'stage2', 'calibrate'),
    *('export', 'export_encoders', 'export_memory'),
    *('data.tabletop_render', 'data.clips.clip_render', 'data.clips.clip_features'),
]


@pytest.mark.parametrize('name', [f'training.{name}' for name in MODULES])
def test_help_tells_of_every_option_and_gives_examples(name, capsys):
    module = import_module(name)
    assert module.main(['--help']) == 0
    text = capsys.readouterr().out
    assert f'Usage: python -m {name}' in text
    assert 'Examples:' in text and text.count(f'python -m {name}') > 1
    assert module.main(['--nonsense', '3']) == 2
    assert capsys.readouterr().err.startswith('error: ')


def test_a_module_runs_and_a_near_miss_is_named_in_one_line(tmp_path):
    words = ['-m', 'training.data.clips.clip_render', '--out', str(tmp_path), '--film', '3']
    run = subprocess.run([sys.executable, *words], capture_output=True, text=True)
    assert run.returncode == 2
    assert '--films' in run.stderr and len(run.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    'words', [['--films', '-3'], ['--frames', '0'], ['--first-seed', '-1'], ['--clips', 'nan']]
)
def test_counts_are_refused_by_name(words, tmp_path, capsys):
    module = import_module('training.data.clips.clip_render')
    assert module.main(['--out', str(tmp_path), *words]) == 2
    assert words[0] in capsys.readouterr().err


def test_an_unforeseen_error_is_one_line_unless_debug_asks_for_more(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv('XDG_STATE_HOME', str(tmp_path))

    def train() -> None:
        raise KeyError('ours')

    assert run_command('training.x', None, train, []) == 70
    text = capsys.readouterr().err
    assert text.startswith('error: This is a bug of efficientsam3') and text.count('\n') == 1
    with pytest.raises(KeyError):
        run_command('training.x', None, train, ['--debug'])
