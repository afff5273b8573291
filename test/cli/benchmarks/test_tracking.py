"""``efficientsam3 benchmark tracking``: evaluations of one suite side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripted_engine import ColorEngine

from efficientsam3_ros.cli.benchmarks.tracking import variants
from efficientsam3_ros.cli.main import main
from efficientsam3_ros.datasets.simulated import suites
from efficientsam3_ros.datasets.simulated.suites import Suite
from efficientsam3_ros.evaluation.results import RunResults
from efficientsam3_ros.evaluation.run import in_process
from efficientsam3_ros.evaluation.run.plan import RunPlan


def test_a_bundle_runs_with_and_without_its_memory_beside_others():
    alone, memory, other = variants(RunPlan('nano'), ['dense=some/folder']).items()
    assert (alone[1].bundle, alone[1].tracker.memory) == ('nano', False)
    assert (memory[1].bundle, memory[1].tracker.memory) == ('nano', True)
    assert (other[0], other[1].bundle) == ('dense', 'some/folder')


@pytest.mark.parametrize('text', ['dense', '=folder', 'dense=', 'a/b=folder', 'memory=folder'])
def test_another_tracker_needs_a_name_of_its_own_and_a_bundle(text):
    with pytest.raises(ValueError, match=r'NAME=BUNDLE|already'):
        variants(RunPlan('nano'), [text])


def test_one_table_a_comparison_and_results_that_compare_reads(tmp_path, monkeypatch, capsys):
    pytest.importorskip('efficientsam3_ros.simulation')
    small = Suite('small-v1', (5, 6), 'primitives', frames=3, width=80, height=60)
    monkeypatch.setitem(suites.SUITES, 'small-v1', small)
    monkeypatch.setattr(in_process, 'load_engine', lambda *_: ColorEngine())
    monkeypatch.chdir(tmp_path)
    assert main(['benchmark', 'tracking', '--suite', 'small-v1', '--out', 'out']) == 0
    printed = capsys.readouterr().out
    assert '2 simulated bags, 6 frames' in printed
    header, _, detections, memory = printed.split('\n\n')[1].splitlines()
    assert header.split()[0] == 'tracker' and header.endswith('re-identified  ms a frame')
    assert (detections.split()[0], memory.split()[0]) == ('detections', 'memory')
    changes = printed.split('Run differently:\n')[1].split('\n\n')[0]
    assert changes.strip() == 'tracker memory: False → True'
    results = [RunResults.load(Path('out', name)) for name in ('detections', 'memory')]
    assert [item.config.tracker['memory'] for item in results] == [False, True]
    assert main(['compare', 'out/detections', 'out/memory']) == 0
