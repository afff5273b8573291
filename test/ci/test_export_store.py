"""Exported networks are made once, found whole, and forgotten when the code has changed."""

from __future__ import annotations

import os
from pathlib import Path
import subprocess
import sys
import time

from export_store import ExportStore, digest
import pytest
from rooms import PATHS


class Maker:
    """Writes two files and counts how often it was asked to."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, folder: Path) -> None:
        self.calls += 1
        assert not any(folder.iterdir())
        (folder / 'graph.onnx').write_bytes(b'graph')
        (folder / 'manifest.json').write_text('{}')


@pytest.fixture
def make() -> Maker:
    return Maker()


def test_a_network_is_made_once_for_all_runs(tmp_path, make):
    folder = ExportStore(tmp_path, 'key').get('tiny', make)
    assert ExportStore(tmp_path, 'key').get('tiny', make) == folder
    assert (folder / 'graph.onnx').read_bytes() == b'graph'
    assert make.calls == 1


@pytest.mark.parametrize('damage', ['changed', 'lost', 'added', 'without checksums'])
def test_a_damaged_one_is_made_again(tmp_path, make, damage):
    folder = ExportStore(tmp_path, 'key').get('tiny', make)
    if damage == 'changed':
        (folder / 'graph.onnx').write_bytes(b'grap')
    elif damage == 'lost':
        (folder / 'graph.onnx').unlink()
    elif damage == 'added':
        (folder / 'plan.cache').touch()
    else:
        (folder / 'checksums.json').unlink()
    assert ExportStore(tmp_path, 'key').get('tiny', make) == folder
    assert make.calls == 2
    assert (folder / 'graph.onnx').read_bytes() == b'graph'
    assert not (folder / 'plan.cache').exists()


def test_what_could_not_be_made_is_not_there(tmp_path, make):
    def fail(folder: Path) -> None:
        (folder / 'graph.onnx').write_bytes(b'half')
        raise RuntimeError('no export')

    store = ExportStore(tmp_path, 'key')
    with pytest.raises(RuntimeError, match='no export'):
        store.get('tiny', fail)
    store.get('tiny', make)
    assert make.calls == 1


def test_workers_wait_for_each_other(tmp_path):
    script = f"""
import sys, time
from pathlib import Path
sys.path[:0] = {PATHS!r}
from export_store import ExportStore
def make(folder):
    time.sleep(0.2)
    (folder / 'graph.onnx').write_bytes(b'graph')
    print('made')
ExportStore(Path({str(tmp_path)!r}), 'key').get('tiny', make)
"""
    workers = [
        subprocess.Popen([sys.executable, '-c', script], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outputs = [worker.communicate(timeout=60)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0]
    assert sorted(outputs) == ['', 'made\n']


def test_only_the_last_keys_are_kept_and_those_that_may_be_in_use(tmp_path, make):
    now = time.time()
    for age, key in ((3, 'oldest'), (0.6, 'in use'), (0.5, 'recent')):
        folder = ExportStore(tmp_path, key).get('tiny', make).parent
        os.utime(folder, (now - age * 3600, now - age * 3600))
    ExportStore(tmp_path, 'new').get('tiny', make)
    assert {path.name for path in tmp_path.iterdir()} == {'in use', 'recent', 'new'}


def test_the_key_follows_the_sources(tmp_path):
    package = tmp_path / 'package'
    (package / 'inner').mkdir(parents=True)
    (package / 'inner' / 'graph.py').write_text('a = 1')
    (package / 'notes.txt').write_text('a')
    before = digest([package])
    (package / 'notes.txt').write_text('b')
    assert digest([package]) == before
    (package / 'inner' / 'graph.py').write_text('a = 2')
    changed = digest([package])
    (package / 'inner' / 'graph.py').rename(package / 'inner' / 'plans.py')
    assert len({before, changed, digest([package])}) == 3
