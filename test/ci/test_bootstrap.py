"""``make test`` says how a check ended, above all one that could not say so itself."""

from __future__ import annotations

import importlib.util
from pathlib import Path
import signal
import sys
from types import ModuleType

import pytest

CI = Path(__file__).resolve().parents[2] / '.ci'
MODULES = ('environment', 'recipes', 'steps', 'system')


@pytest.fixture
def bootstrap(monkeypatch) -> ModuleType:
    """Load ``.ci/bootstrap.py``; its neighbours' plain names are gone again after the test."""
    monkeypatch.syspath_prepend(str(CI))
    for name in MODULES:
        # Set first, so that what is loaded below is undone.
        monkeypatch.setitem(sys.modules, name, None)
        del sys.modules[name]
    spec = importlib.util.spec_from_file_location('ci_bootstrap', CI / 'bootstrap.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class PreparedEnvironment:
    """An environment with programs that end in ways of their own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / 'bin').mkdir()

    def add(self, name: str, script: str) -> None:
        program = self.path / 'bin' / name
        program.write_text(f'#!/bin/sh\n{script}\n')
        program.chmod(0o755)

    def prepare(self) -> None: ...

    def variables(self) -> dict[str, str]:
        return {}


@pytest.fixture
def run_checks(bootstrap, monkeypatch, tmp_path, capfd):
    """Return what runs checks of given scripts; it returns the code and the last line."""

    def run(**scripts: str) -> tuple[int, str]:
        prepared = PreparedEnvironment(tmp_path)
        for name, script in scripts.items():
            prepared.add(name, script)
        monkeypatch.setattr(bootstrap, 'TEST', prepared)
        monkeypatch.setattr(bootstrap, 'CHECKS', [(name, (name,)) for name in scripts])
        monkeypatch.setattr(bootstrap, 'offer', lambda requirement: None)
        code = bootstrap.test()
        return code, capfd.readouterr().out.splitlines()[-1]

    return run


def test_the_signal_or_the_code_of_each_failed_check_is_named(run_checks):
    code, last = run_checks(lint='exit 2', types='exit 0', tests='kill -SEGV $$')
    assert code == 1
    assert last.endswith('failed: lint (exit code 2), tests (killed by SIGSEGV)')


def test_checks_take_one_thread_each(run_checks):
    limit = 'test $OMP_NUM_THREADS$MKL_NUM_THREADS$OPENBLAS_NUM_THREADS = 111'
    assert run_checks(tests=limit)[0] == 0


def test_checks_that_pass_are_not_listed(run_checks):
    code, last = run_checks(lint='exit 0', tests='exit 0')
    assert code == 0
    assert last.endswith('all checks passed')


def test_a_quiet_command_that_is_killed_says_so(bootstrap, tmp_path):
    with pytest.raises(bootstrap.StepError, match=r'failed \(killed by SIGKILL\)'):
        sys.modules['steps'].run_quietly(['sh', '-c', 'kill -KILL $$'], {}, tmp_path)


def test_a_signal_without_a_name_is_told_by_its_number(bootstrap):
    number = signal.SIGRTMIN + 3
    assert bootstrap.ending(-number) == f'killed by signal {number}'
