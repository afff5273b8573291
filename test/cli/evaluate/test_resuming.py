"""``efficientsam3 evaluate`` goes on where it stopped, and runs nothing twice."""

from __future__ import annotations

from pathlib import Path

from evaluate_command import evaluate, load, write_bag
import pytest

from efficientsam3_ros.evaluation.run import runner

pytestmark = pytest.mark.usefixtures('engine', 'workplace')


def test_a_second_run_scores_without_the_network(engine, capsys):
    bag = write_bag(Path('one.mcap'))
    assert evaluate(bag, '--out', 'out', '--no-overlay') == 0
    before = dict(engine.runs)
    assert evaluate(bag, '--out', 'out') == 2
    assert '--resume' in capsys.readouterr().err
    assert evaluate(bag, '--out', 'out', '--resume') == 0
    assert engine.runs == before
    assert load('out')['timing']['sequences']['one']['cached'] is True
    assert evaluate(bag, '--no-cache') == 0
    assert engine.runs['detector'] == before['detector'] + 12


def test_an_interruption_tells_how_to_go_on(engine, monkeypatch, capsys):
    bags = [write_bag(Path('one.mcap')), write_bag(Path('two.mcap'), count=11)]
    real = runner.run_job

    def interrupted(job, *others):
        if job.name == 'two':
            raise KeyboardInterrupt
        return real(job, *others)

    monkeypatch.setattr(runner, 'run_job', interrupted)
    assert evaluate(*bags, '--out', 'out') == 130
    assert '--resume' in capsys.readouterr().err
    monkeypatch.setattr(runner, 'run_job', real)
    before = engine.runs['detector']
    assert evaluate(*bags, '--out', 'out', '--resume') == 0
    assert engine.runs['detector'] == before + 11
