"""Damaged inputs: no traceback, no hang, no changed input, no success without its output.

pytest -m slow test/robustness        # a few minutes
EFFICIENTSAM3_TRIALS=2000 pytest -m slow test/robustness -k videos
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random
import shutil

from originals import READERS
import pytest
from scripted_engine import ColorEngine, make_manifest
from trials import faults

from efficientsam3_ros.cli import track
from efficientsam3_ros.evaluation.run import in_process

SEED = 15
TRIALS = int(os.environ.get('EFFICIENTSAM3_TRIALS', '105'))


def _engine(*_: object, **__: object) -> ColorEngine:
    return ColorEngine(make_manifest(exemplars=True))


@pytest.fixture(autouse=True)
def engines(monkeypatch, tmp_path, request):
    monkeypatch.setenv('XDG_STATE_HOME', str(tmp_path / 'state'))
    monkeypatch.chdir(tmp_path)
    if 'manifests' not in request.node.name:
        monkeypatch.setattr(track, 'load_engine', _engine)
        monkeypatch.setattr(in_process, 'load_engine', _engine)


@pytest.mark.slow
@pytest.mark.parametrize('reader', READERS)
def test_damaged_files_end_in_a_sentence_or_in_results(reader, tmp_path):
    originals = list(READERS[reader]())
    wrong, kinds = [], set()
    for number in range(TRIALS):
        random = Random(f'{SEED} {reader} {number}')
        original = originals[number % len(originals)]
        damage = original.damages[number // len(originals) % len(original.damages)]
        inputs, out = tmp_path / 'in', tmp_path / 'out'
        inputs.mkdir()
        original.make(inputs)
        (target,) = inputs.glob(original.target)
        target.write_bytes(damage(target.read_bytes(), random))
        kinds.add(damage.__name__)
        words = [word.replace('{}', str(inputs)) for word in original.words]
        found = faults(words, inputs, out)
        if found:
            name = f'{number} {damage.__name__} {" ".join(original.words[:2])}'
            wrong += [f'{name}: {fault}' for fault in found]
            _keep(target, reader, number)
        for folder in (inputs, out):
            shutil.rmtree(folder, ignore_errors=True)
    assert len(kinds) >= 8
    assert not wrong, '\n'.join(wrong)


def _keep(target: Path, reader: str, number: int) -> None:
    """Keep what was read wrongly, where somebody wants to look at it."""
    if folder := os.environ.get('EFFICIENTSAM3_KEEP'):
        Path(folder).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(target, Path(folder) / f'{reader}-{number}{target.suffix}')
