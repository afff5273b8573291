"""One sequence from frames to files, with an engine that counts."""

from __future__ import annotations

from dataclasses import replace
import math

from painted_sequence import PaintedSequence
import pytest
from scripted_engine import ColorEngine, make_manifest

from efficientsam3_ros.bags import BagReader
from efficientsam3_ros.datasets.sequence import SequenceError, TruthKind
from efficientsam3_ros.evaluation.run import in_process
from efficientsam3_ros.evaluation.run.in_process import InProcess
from efficientsam3_ros.evaluation.run.job import Job, run_job
from efficientsam3_ros.evaluation.run.plan import RunPlan
from efficientsam3_ros.evaluation.sequence_result import SequenceResult
from efficientsam3_ros.evaluation.typed_json import from_data, to_data
from efficientsam3_ros.tracking import TrackerConfig


@pytest.fixture
def engine(monkeypatch):
    engine = ColorEngine()
    monkeypatch.setattr(in_process, 'load_engine', lambda *_: engine)
    return engine


def outcome(tmp_path, sequence=None, out=None, ticks=None, **plan):
    plan = RunPlan(**{'cache': tmp_path / 'cache', **plan})
    job = Job('painted', sequence or PaintedSequence(), plan, 'bundle', False, out)
    count = [] if ticks is None else ticks
    return run_job(job, InProcess(plan), lambda: count.append(1))


def test_perfect_answers_give_perfect_figures(engine, tmp_path):
    done = outcome(tmp_path)
    assert not done.error
    figures = done.result.metrics
    assert (figures.cgf1, figures.jf, figures.hota) == pytest.approx((1, 1, 1), abs=1e-3)
    assert (figures.id_switches, figures.misses, figures.false_positives) == (0, 0, 0)
    assert done.result.absent == ('green mug',)
    assert done.result.concept_metrics['red block'].objects == 1
    assert done.result.worst_frames == ()
    assert [(t.concept, t.first, t.last, t.frames) for t in done.result.tracks] == [
        ('red block', 0, 11, 12)
    ]
    (stretch,) = done.result.track_timelines
    assert (stretch.first, stretch.last, stretch.object) == (0, 11, 7)
    assert sum(done.result.scores.true) == 12
    assert sum(done.result.scores.false) == 0
    assert done.result.per_frame.stamp_ns[1] == 1_100_000_000


def test_second_run_does_not_run_the_network_and_says_the_same(engine, tmp_path):
    first = outcome(tmp_path)
    runs = dict(engine.runs)
    ticks = []
    second = outcome(tmp_path, ticks=ticks)
    assert engine.runs == runs
    assert len(ticks) == 12
    assert to_data(first.result) == to_data(second.result)
    assert second.timing.cached
    assert not first.timing.cached
    assert replace(second.timing, cached=False) == first.timing


@pytest.mark.parametrize(
    'change',
    [
        {'tracker': TrackerConfig(detection_threshold=0.3)},
        {'engine': 'openvino'},
        {'concepts': ('red block',)},
        {'topics': ('/other',)},
        {'reuse': False},
    ],
)
def test_whatever_may_change_a_prediction_runs_the_network_again(engine, tmp_path, change):
    outcome(tmp_path)
    before = engine.runs['detector']
    assert not outcome(tmp_path, **change).error
    assert engine.runs['detector'] == before + 12


def test_damaged_cache_is_made_anew(engine, tmp_path):
    outcome(tmp_path)
    (bag,) = (tmp_path / 'cache').glob('*.mcap')
    bag.write_bytes(bag.read_bytes()[:100])
    before = engine.runs['detector']
    assert outcome(tmp_path).result.metrics.jf == pytest.approx(1, abs=1e-3)
    assert engine.runs['detector'] == before + 12
    assert not list((tmp_path / 'cache').glob('.part-*'))


def test_a_missed_object_is_found_among_the_worst_frames(engine, tmp_path):
    out = tmp_path / 'out'
    done = outcome(tmp_path, PaintedSequence(hidden=(5,)), out)
    assert done.result.metrics.misses == 1
    worst = done.result.worst_frames[0]
    assert (worst.frame, worst.why, worst.jf) == (5, 'missed red block', 0.0)
    assert done.result.per_frame.jf[4:7] == (1.0, 0.0, 1.0)
    assert done.pictures[0].startswith(b'\x89PNG')
    assert (out / 'overlays' / 'painted.mp4').stat().st_size > 1000


def test_predictions_open_beside_their_source(engine, tmp_path):
    sequence = PaintedSequence()
    outcome(tmp_path, sequence, tmp_path / 'out')
    with BagReader(tmp_path / 'out' / 'predictions' / 'painted.mcap') as bag:
        results = list(bag.results('/tracker/instances'))
        label = next(bag.messages('/tracker/label_image'))
    assert [r.stamp_ns for r in results] == [f.stamp_ns for f in sequence.frames()]
    assert {r.frame_id for r in results} == {'camera_optical_frame'}
    assert (label.encoding, label.width, label.header.frame_id) == (
        '16UC1', 64, 'camera_optical_frame',
    )  # fmt: skip


def test_without_truth_there_are_figures_but_no_accuracy(engine, tmp_path):
    sequence = PaintedSequence(truth_kind=TruthKind.NONE, concepts=(), hidden=(5, 6))
    done = outcome(tmp_path, sequence, concepts=('red block',))
    figures = done.result.metrics
    assert done.result.truth == 'none'
    assert math.isnan(figures.jf)
    assert figures.coverage == pytest.approx(10 / 12)
    assert [(w.frame, w.why) for w in done.result.worst_frames] == [
        (5, 'red block 1 vanishes'),
        (7, 'red block 1 appears'),
    ]
    assert done.result.scores.true == ()


def test_without_truth_and_concepts_the_remedy_is_named(engine, tmp_path):
    sequence = PaintedSequence(truth_kind=TruthKind.NONE, concepts=())
    assert '--concepts' in outcome(tmp_path, sequence).error


def test_concepts_unknown_to_the_truth_are_not_scored(engine, tmp_path):
    done = outcome(tmp_path, concepts=('red block', 'blue block'))
    assert list(done.result.concept_metrics) == ['red block']
    assert done.result.metrics.false_positives == 0
    assert any('"blue block"' in note for note in done.result.notes)


def test_objects_without_names_are_followed_by_words_or_boxes(engine, tmp_path, monkeypatch):
    sequence = PaintedSequence(truth_kind=TruthKind.OBJECTS, concepts=())
    assert '--concepts' in outcome(tmp_path, sequence).error
    done = outcome(tmp_path, sequence, concepts=('red block',))
    assert done.result.metrics.jf == pytest.approx(1, abs=1e-3)
    assert done.result.truth == 'objects'

    class Exemplars(ColorEngine):
        def see(self, image, concept):
            return super().see(image, 'red')

    shown = Exemplars(make_manifest(exemplars=True))
    monkeypatch.setattr(in_process, 'load_engine', lambda *_: shown)
    plan = RunPlan(cache=tmp_path / 'cache')
    job = Job('painted', sequence, plan, 'bundle', True)
    done = run_job(job, InProcess(plan), lambda: None)
    assert not done.error
    assert done.result.concepts == ('object 7',)
    assert shown.runs['exemplar_encoder'] >= 1
    assert done.result.metrics.jf == pytest.approx(1, abs=1e-3)


def test_a_failing_sequence_is_an_outcome(engine, tmp_path, monkeypatch):
    monkeypatch.setenv('XDG_STATE_HOME', str(tmp_path / 'state'))

    class Broken(PaintedSequence):
        def frames(self):
            yield from list(super().frames())[:3]
            raise SequenceError('disk on fire')

    assert outcome(tmp_path, Broken()).error == 'disk on fire'
    assert not list((tmp_path / 'cache').glob('*'))

    class Worse(PaintedSequence):
        def frames(self):
            raise ZeroDivisionError('ours')

    told = outcome(tmp_path, Worse()).error
    assert 'bug of efficientsam3 (ZeroDivisionError: ours)' in told


def test_results_survive_their_file(engine, tmp_path):
    done = outcome(tmp_path, PaintedSequence(hidden=(5,)))
    data = to_data(done.result)
    again = from_data(SequenceResult, data)
    assert to_data(again) == data
