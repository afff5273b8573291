"""What a stranger reads and types: help with examples, errors in one line."""

from __future__ import annotations

from importlib import import_module
import subprocess
import sys

import pytest

MODULES = [
    *('supervised', 'stage2', 'export', 'export_memory'),
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
