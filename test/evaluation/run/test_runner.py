"""Several sequences, in one process and in several."""

from __future__ import annotations

from contextlib import closing
import json
import multiprocessing
import time

from painted_sequence import (
    BrokenSequence,
    EndlessSequence,
    FatalSequence,
    PaintedSequence,
    color_predictor,
)
import pytest

from efficientsam3_ros.datasets.sequence import TruthKind
from efficientsam3_ros.evaluation.results import RunResults
from efficientsam3_ros.evaluation.run.collect import collect
from efficientsam3_ros.evaluation.run.job import Job
from efficientsam3_ros.evaluation.run.plan import RunPlan
from efficientsam3_ros.evaluation.run.runner import (
    run_here,
    run_in_processes,
    threads_per_worker,
)
from efficientsam3_ros.evaluation.run.summary import summary
from efficientsam3_ros.evaluation.typed_json import FormatError


def jobs(cache, *sequences, **plan):
    plan = RunPlan(cache=cache, **plan)
    return [Job(f's{i}', sequence, plan, 'bundle') for i, sequence in enumerate(sequences)]


def here(tmp_path, *sequences, **plan):
    todo = jobs(tmp_path / 'cache', *sequences, **plan)
    return list(run_here(todo, color_predictor(todo[0].plan), lambda: None))


def results(outcomes):
    return collect(RunPlan().settings(), outcomes, 1.0, 1, 0)


def saved(tmp_path, outcomes):
    results(outcomes).save(tmp_path / 'results.json')
    data = json.loads((tmp_path / 'results.json').read_text())
    data.pop('timing')
    return json.dumps(data)


SEQUENCES = (
    PaintedSequence(hidden=(3,)),
    PaintedSequence(count=9),
    PaintedSequence(hidden=(3, 4, 5), count=15),
)


def test_processes_give_what_one_process_gives(tmp_path):
    todo = jobs(tmp_path / 'a', *SEQUENCES)
    apart = list(run_in_processes(todo, 2, color_predictor))
    together = here(tmp_path / 'b', *SEQUENCES)
    assert sorted(item.name for item in apart) == ['s0', 's1', 's2']
    assert saved(tmp_path, apart) == saved(tmp_path, together)


def test_totals_are_of_summed_counts(tmp_path):
    total = results(here(tmp_path, *SEQUENCES)).total
    assert total.frames == 12 + 9 + 15
    assert total.misses == 1 + 0 + 3
    assert total.absent_accuracy == 1


def test_a_broken_sequence_and_a_dead_worker_do_not_stop_the_others(tmp_path):
    outcomes = {o.name: o for o in here(tmp_path, BrokenSequence(), PaintedSequence())}
    assert outcomes['s0'].error == 'The file is damaged.'
    assert outcomes['s1'].result.metrics.jf == pytest.approx(1, abs=1e-3)

    todo = jobs(tmp_path / 'c', FatalSequence(), PaintedSequence(count=5))
    outcomes = {o.name: o for o in run_in_processes(todo, 1, color_predictor)}
    assert 'died' in outcomes['s0'].error
    assert '--workers' in outcomes['s0'].error
    assert outcomes['s1'].result.frames == 5
    assert set(results(outcomes.values()).failed) == {'s0'}


def test_an_interruption_ends_the_workers_and_keeps_what_is_finished(tmp_path):
    todo = jobs(tmp_path / 'cache', PaintedSequence(), EndlessSequence())
    with closing(run_in_processes(todo, 2, color_predictor)) as running:
        first = next(running)
    assert first.name == 's0'
    # Not by join(): the pool's own thread waits for the same processes, and only one of the two
    # threads that wait for a process learns at once that it has ended.
    end = time.monotonic() + 60
    while multiprocessing.active_children() and time.monotonic() < end:
        time.sleep(0.05)
    assert not multiprocessing.active_children()
    # Resuming from it is tested in test_job.py.
    (kept,) = (tmp_path / 'cache').glob('*.json')
    assert kept.with_suffix('.mcap').is_file()


def test_summary_says_what_is_no_accuracy_and_what_failed(tmp_path):
    free = PaintedSequence(truth_kind=TruthKind.NONE, concepts=())
    mixed = here(tmp_path, free, BrokenSequence(), PaintedSequence(), concepts=('red block',))
    text = summary(results(mixed))
    assert 'not accuracy' in text
    assert '- s1: The file is damaged.' in text
    assert '| s2 ' in text
    assert results(mixed).total.frames == 12, 'only what has truth enters the total'
    labeled = summary(results(here(tmp_path, PaintedSequence())))
    assert 'not accuracy' not in labeled
    assert '(green mug)' in labeled


def test_results_are_read_back_and_others_refused(tmp_path):
    outcomes = here(tmp_path, *SEQUENCES)
    results(outcomes).save(tmp_path / 'results.json')
    again = RunResults.load(tmp_path)
    again.save(tmp_path / 'again.json')
    assert (tmp_path / 'again.json').read_bytes() == (tmp_path / 'results.json').read_bytes()

    data = json.loads((tmp_path / 'results.json').read_text())
    data['sequences']['s0']['per_frame']['jf'][2] = 'good'
    (tmp_path / 'bad.json').write_text(json.dumps(data))
    with pytest.raises(FormatError, match=r"sequences\['s0'\]\.per_frame\.jf\[2\]"):
        RunResults.load(tmp_path / 'bad.json')
    with pytest.raises(FormatError, match='evaluate'):
        RunResults.load(tmp_path / 'none.json')


def test_cores_are_shared():
    assert threads_per_worker(3, 4) == 3
    assert threads_per_worker(0, 1) == 0
    assert threads_per_worker(0, 10_000) == 1
