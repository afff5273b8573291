"""What SIGTERM and Ctrl-C leave of ``simulate`` and ``evaluate``, each in its own process."""

from __future__ import annotations

import json
import os
from pathlib import Path
import signal
import subprocess
import sys
import time

from painted_sequence import PaintedSequence
import pytest
from rooms import SUPPORT, VARIABLES
from scripted_engine import ColorEngine

from efficientsam3_ros.bags import BagReader, BagWriter
from efficientsam3_ros.cli.main import main
from efficientsam3_ros.core.writing.result_marker import ResultKind, result_kind
from efficientsam3_ros.evaluation.run import in_process

SCRIPT = SUPPORT / 'commands/waiting_command.py'
ENV = os.environ | VARIABLES
SECONDS = 60.0
SIGNALS = {signal.SIGTERM: (143, 'terminated'), signal.SIGINT: (130, 'interrupted')}


def interrupted(frame: int, words: list[str]) -> dict[signal.Signals, str]:
    """Run a command up to a frame, once for each signal, and return what each said at the end.

    Both run at a time, in folders named by the signals.
    """
    running = {}
    for number in SIGNALS:
        command = [sys.executable, str(SCRIPT), 'ready', str(frame), *words]
        running[number] = subprocess.Popen(
            command, cwd=number.name, env=ENV, stderr=subprocess.PIPE, text=True
        )
    said = {}
    for number, process in running.items():
        ready, until = Path(number.name, 'ready'), time.monotonic() + SECONDS
        while not ready.exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(number)
        _, said[number] = process.communicate(timeout=SECONDS)
        assert ready.exists(), said[number]
        ready.unlink()
        assert process.returncode == SIGNALS[number][0]
        assert said[number].splitlines()[-1] == SIGNALS[number][1]
        assert 'Traceback' not in said[number]
    return said


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Work in a folder with one for each signal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(in_process, 'load_engine', lambda *_: ColorEngine())
    # Its drawing library takes seconds to load.
    monkeypatch.setitem(sys.modules, 'efficientsam3_ros.evaluation.report', None)
    for number in SIGNALS:
        (tmp_path / number.name).mkdir()
    return tmp_path


def test_an_interrupted_simulation_leaves_nothing_that_looks_complete(place, monkeypatch):
    pytest.importorskip('efficientsam3_ros.simulation')
    size = ['--width', '80', '--height', '60', '--fps', '5', '--seconds', '1']
    words = ['simulate', '--out', 'clip', '--pack', 'primitives', *size]
    for number, said in interrupted(3, words).items():
        assert 'Nothing is kept of an unfinished simulation' in said
        assert not list((place / number.name).iterdir())
    monkeypatch.chdir(place / 'SIGTERM')
    assert main(words) == 0
    with BagReader('clip') as bag:
        assert bag.count('/camera/image_raw') == 5


def test_an_interrupted_evaluation_keeps_what_is_finished_and_is_resumed(
    place, capsys, monkeypatch
):
    for name in ('a', 'b'):
        with BagWriter(place / f'{name}.mcap') as bag:
            for frame in PaintedSequence().frames():
                bag.image('/image', frame.rgb, 'rgb8', frame.stamp_ns, frame.frame_id)
    words = ['evaluate', '../a.mcap', '../b.mcap', '--concepts', 'red block', '--out', 'out']
    for number, said in interrupted(15, words).items():
        out = place / number.name / 'out'
        assert f'What was done is kept in {out}' in said
        with BagReader(out / 'predictions/a.mcap') as bag:
            assert len(list(bag.results('/tracker/instances'))) == 12
        assert result_kind(out) is ResultKind.EVALUATION
        assert not (out / 'results.json').exists()
        assert not (out / 'predictions/b.mcap').exists()
    monkeypatch.chdir(place / 'SIGTERM')
    assert main(['compare', 'out', 'out']) == 2
    assert main(words) == 2
    assert '--resume' in capsys.readouterr().err
    assert main([*words, '--resume']) == 0
    timing = json.loads(Path('out/results.json').read_text())['timing']['sequences']
    assert [timing[name]['cached'] for name in ('a', 'b')] == [True, False]
