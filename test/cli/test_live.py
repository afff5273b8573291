"""Figures of live runs, and the processes behind them, without ROS where that is possible."""

import os
from pathlib import Path
import socket
import sys
import time

import pytest

from efficientsam3_ros.cli.benchmarks import live
from efficientsam3_ros.cli.main import main
from efficientsam3_ros.harness import node_process, ros_environment
from efficientsam3_ros.harness.live_figures import LiveFigures, median_rate
from efficientsam3_ros.harness.node_process import ChildError, NodeProcess
from efficientsam3_ros.harness.recorder import Recording


def test_every_image_is_accounted_for_and_latencies_are_summarised():
    recording = Recording(
        offered=list(range(100)),
        latencies=[0.04] * 89 + [0.2],
        receipts=[i / 10 for i in range(90)],
        counters={
            'received': '98',
            'processed': '90',
            'dropped: busy': '6',
            'dropped: stale': '1',
            'memory (MB)': '250',
        },
    )
    figures = LiveFigures.of(recording)
    assert (figures.offered, figures.received, figures.processed) == (100, 98, 90)
    assert figures.dropped == {'busy': 6, 'stale': 1}
    assert figures.under_way == 1
    text = '\n'.join(figures.lines())
    assert '98 received = 90 processed + 7 dropped (6 busy, 1 stale) + 1 under way' in text
    assert 'p50 40 ms' in text
    assert 'max 200 ms' in text


def test_median_rate_ignores_a_stall_that_a_mean_would_not():
    receipts = [i / 10 for i in range(50)] + [8 + i / 10 for i in range(50)]
    assert median_rate(receipts) == 10.0
    assert median_rate([1.0]) == 0.0


def test_node_that_ends_is_reported_with_its_last_words(tmp_path, monkeypatch):
    monkeypatch.setitem(node_process.NODES, 'no_such_node', 'no_such_node')
    child = NodeProcess('no_such_node', {}, '', tmp_path, os.environ)
    with pytest.raises(ChildError, match=r'no_such_node ended with code 1: .*No module named'):
        for _ in range(300):
            child.check()
            time.sleep(0.1)
    assert child.resident_bytes() == 0
    assert child.stop() == 1


def test_stubborn_process_is_stopped_with_force(tmp_path, monkeypatch):
    monkeypatch.setattr(
        'efficientsam3_ros.harness.node_process._PATIENCE_S', {2: 0.3, 15: 0.3, 9: 60.0}
    )
    monkeypatch.setattr(
        sys,
        'executable',
        _script(
            tmp_path,
            'import signal, time\n'
            'for s in (signal.SIGINT, signal.SIGTERM): signal.signal(s, signal.SIG_IGN)\n'
            'print("up", flush=True)\n'
            'time.sleep(60)\n',
        ),
    )
    child = NodeProcess('tracker_node', {}, '', tmp_path, os.environ)
    while 'up' not in child.log.read_text():
        child.check()
    assert child.resident_bytes() > 0
    assert child.stop() == -9


def _script(folder: Path, code: str) -> str:
    path = folder / 'fake_python'
    # By name: a kernel reads no interpreter path that holds a space.
    path.write_text(f'#!/usr/bin/env python3\n{code}')
    path.chmod(0o755)
    return str(path)


def test_the_tracker_gets_the_threads_that_were_asked_for(monkeypatch):
    def session(tracker, *_, **__):
        assert tracker.threads == 2
        raise RuntimeError('seen')

    monkeypatch.setattr(live, 'require_ros', lambda: None)
    monkeypatch.setattr(live, 'RosSession', session)
    with pytest.raises(RuntimeError, match='seen'):
        main(['benchmark', 'live', '--prompts', 'mug', '--threads', '2', '--debug'])


def test_a_domain_in_use_is_not_chosen(monkeypatch):
    monkeypatch.setattr(ros_environment, '_DOMAINS', range(61, 63))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(('0.0.0.0', 7400 + 250 * 61 + 10))
        assert ros_environment.free_domain() == 62


def test_without_ros_the_remedy_is_told(monkeypatch, capsys):
    monkeypatch.setattr(ros_environment, 'find_spec', lambda name: None)
    for verb in (['demo'], ['benchmark', 'live']):
        assert main(verb) == 2
        assert 'make demo' in capsys.readouterr().err


def test_demo_leaves_a_folder_that_is_not_its_own_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr('efficientsam3_ros.cli.demo.require_ros', lambda: None)
    (tmp_path / 'thesis.pdf').write_text('precious')
    assert main(['demo', '--prompts', 'mug', '--out', str(tmp_path)]) == 2
    assert 'thesis.pdf' in capsys.readouterr().err
    assert (tmp_path / 'thesis.pdf').exists()
