"""Tests that load the same libraries share a process; all other files are by themselves."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from shared_processes import make_scheduler

EXPORT, LAYERS = 'test/model/export/test_a.py::test_x', 'test/model/layers/test_b.py::test_y[a/b]'
OTHERS = 'test/core/test_c.py::test_x', 'test/cli/test_d.py::test_y'


def test_networks_share_one_process_and_other_files_are_by_themselves():
    pytest.importorskip('xdist')
    config = SimpleNamespace(getvalue=lambda name: ['popen'])
    log = SimpleNamespace(loadscopesched=None, loadfilesched=None)
    scope = make_scheduler(config, log)._split_scope
    assert scope(EXPORT) == scope(LAYERS)
    assert [scope(test) for test in OTHERS] == ['test/core/test_c.py', 'test/cli/test_d.py']
