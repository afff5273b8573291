"""``efficientsam3 evaluate`` on recordings, with an engine that sees colours."""

from __future__ import annotations

from dataclasses import fields
import json
import os
from pathlib import Path

from painted_sequence import PaintedSequence
import pytest
from scripted_engine import ColorEngine

from efficientsam3_ros.bags import BagReader, BagWriter
from efficientsam3_ros.cli.main import main
from efficientsam3_ros.cli.support.tracker_options import TrackerOptions
from efficientsam3_ros.core import Prompt
from efficientsam3_ros.datasets.simulated import suites
from efficientsam3_ros.datasets.simulated.suites import Suite
from efficientsam3_ros.evaluation.run import in_process, runner
from efficientsam3_ros.evaluation.run.plan import RunPlan
from efficientsam3_ros.nodes.tracker.settings import NodeSettings
from efficientsam3_ros.tracking import TrackerConfig

IMAGE, TRUTH = '/camera/image_raw', '/camera/ground_truth'


@pytest.fixture(autouse=True)
def engine(monkeypatch):
    engine = ColorEngine()
    monkeypatch.setattr(in_process, 'load_engine', lambda *_: engine)
    return engine


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write_bag(path: Path, truth: bool = True, **changes: object) -> Path:
    sequence = PaintedSequence(**changes)
    with BagWriter(path) as bag:
        if truth:
            bag.concepts(TRUTH, sequence.concepts, sequence.stamp(0))
        for frame, there in zip(sequence.frames(), sequence.truth()):
            bag.image(IMAGE, frame.rgb, 'rgb8', frame.stamp_ns, frame.frame_id)
            if truth and there is not None:
                bag.instances(TRUTH, there)
    return path


def evaluate(*words: object) -> int:
    return main(['evaluate', *map(str, words)])


def load(out: str) -> dict:
    return json.loads(Path(out, 'results.json').read_text())


def test_two_runs_give_the_same_results_apart_from_times(engine):
    bags = [write_bag(Path('one.mcap')), write_bag(Path('two'), hidden=(4,))]
    for name in ('a', 'b'):
        assert evaluate(*bags, '--out', name, '--cache', f'cache_{name}') == 0
    first, second = load('a'), load('b')
    assert first.pop('timing') != second.pop('timing')
    assert json.dumps(first) == json.dumps(second)
    assert list(first['sequences']) == ['one', 'two']
    assert first['sequences']['one']['metrics']['jf'] == pytest.approx(1, abs=1e-3)
    assert first['total']['misses'] == 1
    files = {str(p.relative_to('a')) for p in Path('a').rglob('*') if p.is_file()}
    assert files >= {
        'results.json', 'results.md', 'predictions/one.mcap', 'predictions/two.mcap',
        'overlays/one.mp4', 'overlays/two.mp4',
    }  # fmt: skip
    with BagReader('a/predictions/one.mcap') as bag, BagReader('one.mcap') as source:
        stamps = [result.stamp_ns for result in bag.results('/tracker/instances')]
        assert stamps == [frame.stamp_ns for frame in source.frames()]


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


def test_the_report_shows_every_sequence():
    pytest.importorskip('efficientsam3_ros.evaluation.report')
    write_bag(Path('one.mcap'), hidden=(4,))
    assert evaluate('one.mcap', '--out', 'out', '--no-overlay') == 0
    page = Path('out/report.html').read_text()
    assert 'one' in page
    assert 'missed red block' in page
    assert not Path('out/overlays').exists()


def test_real_time_in_process_accounts_for_every_frame(capsys):
    write_bag(Path('one.mcap'), fps=40.0)
    assert evaluate('one.mcap', '--mode', 'realtime', '--out', 'out') == 0
    timing = load('out')['timing']['sequences']['one']
    assert timing['received'] == timing['processed'] + sum(timing['dropped'].values()) == 12
    assert '## Time' in capsys.readouterr().out
    assert evaluate('one.mcap', '--mode', 'realtime', '--workers', '2') == 2


def test_a_bag_without_truth_is_not_given_an_accuracy(capsys):
    write_bag(Path('field.mcap'), truth=False)
    assert evaluate('field.mcap', '--concepts', 'red block', '--out', 'out') == 0
    printed = capsys.readouterr().out
    assert 'not accuracy' in printed
    assert 'cgF1' not in printed
    figures = load('out')['sequences']['field']['metrics']
    assert figures['jf'] is None
    assert figures['coverage'] == 1
    assert evaluate('field.mcap') == 1
    assert '--concepts' in capsys.readouterr().out


def test_what_a_damaged_bag_still_holds_is_scored_and_said(capsys):
    write_bag(Path('whole.mcap'), count=250)
    data = Path('whole.mcap').read_bytes()
    Path('cut.mcap').write_bytes(data[: len(data) // 2])
    assert evaluate('cut.mcap', '--out', 'out', '--no-overlay') == 0
    cut = load('out')['sequences']['cut']
    assert 0 < cut['frames'] < 250
    assert cut['metrics']['jf'] == pytest.approx(1, abs=1e-3)
    assert any('cut off' in note for note in cut['notes'])
    assert 'cut off' in capsys.readouterr().out


def test_a_broken_recording_does_not_stop_the_others(capsys):
    write_bag(Path('good.mcap'))
    Path('bad.mcap').write_bytes(b'no bag at all, this')
    assert evaluate('bad.mcap', 'good.mcap', '--out', 'out') == 1
    results = load('out')
    assert list(results['sequences']) == ['good']
    assert 'bad.mcap' in next(iter(results['failed']))
    assert 'Not evaluated' in capsys.readouterr().out


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


def test_a_suite_is_rendered_once_and_named_by_its_seeds(monkeypatch, capsys):
    pytest.importorskip('efficientsam3_ros.simulation')
    small = Suite('small-v1', (30000, 30001), 'primitives', frames=2, width=80, height=60)
    monkeypatch.setitem(suites.SUITES, 'small-v1', small)
    assert evaluate('--suite', 'small-v1', '--out', 'out', '--no-overlay') == 0
    results = load('out')
    assert list(results['sequences']) == ['small-v1-30000', 'small-v1-30001']
    assert results['config']['suite'] == 'small-v1'
    assert 'simulated' in Path('out/results.md').read_text()

    monkeypatch.setattr('efficientsam3_ros.simulation.Tabletop', None)
    assert evaluate('--suite', 'small-v1') == 0
    assert evaluate('--suite', 'none-v1') == 2
    told = capsys.readouterr().err
    assert 'small-v1' in told and 'real-coco' in told


def test_scenes_of_any_seeds_are_a_suite_of_the_moment(monkeypatch, capsys):
    pytest.importorskip('efficientsam3_ros.simulation')
    words = ('--scenes', '5-6', '--pack', 'primitives', '--frames', '2', '--sensor-noise')
    assert evaluate(*words, '--out', 'out', '--no-overlay') == 0
    results = load('out')
    assert list(results['sequences']) == ['train-5', 'train-6']
    assert results['total']['frames'] == 4
    title = '--scenes 5-6 --split train --pack primitives --frames 2 --sensor-noise'
    assert results['config']['suite'] == title
    assert f'{title} (simulated images)' in capsys.readouterr().out
    monkeypatch.setattr('efficientsam3_ros.simulation.Tabletop', None)
    assert evaluate(*words) == 0


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


def test_without_an_input_it_says_what_can_be_evaluated(capsys):
    assert evaluate() == evaluate('--workers', '2') == 2
    printed = capsys.readouterr().out
    assert all(name in printed for name in (*suites.SUITES, '--scenes', 'DAVIS', 'examples:'))


@pytest.mark.parametrize(
    ('words', 'message'),
    [
        (['missing.mcap'], 'missing.mcap'),
        (['one.mcap', '--suite', 'tabletop-v1'], 'either a path or --suite'),
        (['one.mcap', '--scenes', '3'], 'either a path or --suite or --scenes'),
        (['--suite', 'tabletop-v1', '--scenes', '3'], 'either --suite or --scenes'),
        (['one.mcap', '--split', 'unseen_nouns'], 'go with --scenes'),
        (['--scenes', '5-'], 'numbers such as'),
        (['one.mcap', '--detector-alone', '--mode', 'realtime'], 'takes every frame'),
        (['one.mcap', '--node', '--mode', 'every_frame'], 'real time'),
        (['one.mcap', '--workers', '0'], 'Must be >= 1'),
        (['one.mcap', '--bundle', 'none'], 'There is no bundle "none"'),
        (['one.mcap', '--params', 'none.yaml'], 'none.yaml cannot be read'),
        (['one.mcap', '--threshold', '7'], 'detection_threshold lies in'),
        (['one.mcap', '--image-topic', '/none'], '/none'),
    ],
)
def test_errors_are_one_line_with_the_cause(words, message, capsys):
    write_bag(Path('one.mcap'))
    assert evaluate(*words) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count('\n') == 1


def test_parameter_files_of_the_node_are_read():
    def config(file, **given):
        return TrackerOptions(params=Path(file), **given).config()

    shipped = Path(__file__).resolve().parents[2] / 'config' / 'tracker.yaml'
    assert config(shipped).detect_every == 1
    Path('mine.yaml').write_text(
        '/**:\n  ros__parameters:\n    tracking:\n      detect_every: 3\n    threads: 2\n'
    )
    mine = config('mine.yaml', detection_threshold=0.4)
    assert (mine.detect_every, mine.detection_threshold) == (3, 0.4)
    Path('mine.yaml').write_text('detect_evry: 3\n')
    with pytest.raises(ValueError, match='did you mean detect_every'):
        config('mine.yaml')
    Path('mine.yaml').write_text('/**:\n  ros__parameters:\n    tracking.colour_weight: 0.2\n')
    with pytest.raises(ValueError, match=r'In mine\.yaml "colour_weight" is now "color_weight"'):
        config('mine.yaml')
    Path('mine.yaml').write_text('detect_every: often\n')
    with pytest.raises(ValueError, match='detect_every'):
        config('mine.yaml')


def test_the_node_gets_every_setting_under_the_name_that_it_declares():
    parameters = pytest.importorskip('efficientsam3_ros.nodes.tracker.parameters')
    from efficientsam3_ros.harness.node_predictor import NodePredictor

    plan = RunPlan(tracker=TrackerConfig(detect_every=4), threads=2)
    given = NodePredictor(plan).parameters([Prompt('red mug')])
    known = {item.name for item in fields(NodeSettings)}
    known |= {f'{parameters.TRACKING}{item.name}' for item in fields(TrackerConfig)}
    assert set(given) <= known
    assert given['tracking.detect_every'] == 4
    assert given['prompts'] == ['red mug']
    # Not a number is no JSON; its absence means the same.
    assert 'tracking.detection_threshold' not in given


def test_same_names_are_told_apart():
    for folder in ('monday', 'tuesday'):
        Path(folder).mkdir()
        write_bag(Path(folder, 'run.mcap'))
    assert evaluate('monday/run.mcap', 'tuesday/run.mcap', '--out', 'out', '--no-overlay') == 0
    assert list(load('out')['sequences']) == ['run', 'run~2']


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
