"""``efficientsam3 evaluate`` in real time, of the detector alone, and of the node."""

from __future__ import annotations

import os
from pathlib import Path

from evaluate_command import evaluate, load, write_bag
import pytest

from efficientsam3_ros.bags import BagReader
from efficientsam3_ros.cli.main import main

pytestmark = pytest.mark.usefixtures('engine', 'workplace')


def test_real_time_in_process_accounts_for_every_frame(capsys):
    write_bag(Path('one.mcap'), fps=40.0)
    assert evaluate('one.mcap', '--mode', 'realtime', '--out', 'out') == 0
    timing = load('out')['timing']['sequences']['one']
    assert timing['received'] == timing['processed'] + sum(timing['dropped'].values()) == 12
    assert '## Time' in capsys.readouterr().out
    assert evaluate('one.mcap', '--mode', 'realtime', '--workers', '2') == 2


def test_the_detector_alone_is_scored_frame_by_frame(engine, capsys):
    bag = write_bag(Path('one.mcap'), hidden=(4,))
    assert evaluate(bag, '--detector-alone', '--out', 'alone', '--no-overlay') == 0
    printed = capsys.readouterr().out
    assert 'detector alone' in printed
    assert not {'J&F', 'HOTA', 'id switches'} & set(printed.replace('|', '  ').split('  '))
    assert load('alone')['config']['detector_alone'] is True
    assert engine.runs['detector'] == 12
    assert evaluate(bag, '--out', 'tracked', '--no-overlay') == 0
    assert engine.runs['detector'] == 24, 'a tracker took the results of the detector'
    assert main(['compare', 'alone', 'tracked']) == 0
    assert 'detector alone: True' in capsys.readouterr().out


@pytest.mark.dds
def test_the_node_itself_over_dds(monkeypatch, capsys):
    pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
    pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')
    before = dict(os.environ)
    write_bag(Path('live.mcap'), count=20, fps=20.0)
    try:
        words = ('live.mcap', '--node', '--threads', '1', '--out', 'out')
        assert evaluate(*words) == 0
    finally:
        os.environ.clear()
        os.environ.update(before)
    results = load('out')
    assert results['config']['mode'] == 'realtime'
    assert results['config']['over_dds'] is True
    timing = results['timing']['sequences']['live']
    assert timing['offered'] == 20
    assert timing['received'] == timing['processed'] + sum(timing['dropped'].values())
    assert timing['processed'] >= 5
    assert 0 < timing['p50_ms'] <= timing['p99_ms']
    assert 'measuring process' in capsys.readouterr().out
    live = results['sequences']['live']
    assert live['per_frame']['processed'].count(True) == timing['processed']
    with BagReader('out/predictions/live.mcap') as bag:
        stamps = [result.stamp_ns for result in bag.results('/tracker/instances')]
    assert set(stamps) <= set(live['per_frame']['stamp_ns'])
