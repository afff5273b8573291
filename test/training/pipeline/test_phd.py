"""Steps run in order, and what is finished is not run again."""

from __future__ import annotations

from html import unescape
from pathlib import Path
import subprocess

from bokeh.models import ColumnDataSource
import pytest

from training.concept.config import ConceptRunConfig
from training.detector.config import SupervisedConfig
from training.encoder.config import EncoderRunConfig
from training.phd import main
from training.pipeline import running
from training.pipeline.plan import Pipeline, PipelineStep
from training.pipeline.report import chart, curves_of, write_report
from training.pipeline.running import finished_steps, module_runner, run_module, run_steps
from training.settings.config import EXAMPLES
from training.settings.reading import ConfigError
from training.stage2 import load_settings

FOLDER = EXAMPLES / 'phd'
READERS = {
    'training.supervised': SupervisedConfig.load,
    'training.stage1': EncoderRunConfig.load,
    'training.stage2': load_settings,
    'training.stage3': ConceptRunConfig.load,
}


def pipeline(word: str = 'x', **values: str) -> Pipeline:
    steps = [
        PipelineStep(name, f'training.{name}', ['--out', f'{{out}}/{name}', word], f'{name}/made')
        for name in ('one', 'two', 'three')
    ]
    return Pipeline('tried', steps, values)


class Runs:
    """Stands for the trainings: makes what is promised unless it is to fail."""

    def __init__(self, failing: str = '', making: bool = True) -> None:
        self.ran: list[str] = []
        self.words: list[str] = []
        self.failing, self.making = failing, making

    def __call__(self, module: str, words: list[str]) -> int:
        self.ran.append(module)
        self.words = words
        if module == self.failing:
            return 3
        if self.making:
            made = Path(words[1]) / 'made'
            made.parent.mkdir(exist_ok=True)
            made.touch()
        return 0


def test_trainings_alone_run_as_several_processes(monkeypatch):
    ran: list[str] = []

    def started(command, check):
        ran.append(' '.join(command[1:]))
        return subprocess.CompletedProcess(command, 5)

    monkeypatch.setattr(subprocess, 'run', started)
    monkeypatch.setattr(running, 'run_module', lambda module, words: ran.append(module) or 0)
    assert module_runner(2)('training.export', ['--out', 'x']) == 0
    assert module_runner(2)('training.stage2', ['--out', 'x']) == 5, 'the code of torchrun'
    assert module_runner(1)('training.stage2', ['--out', 'x']) == 0
    launcher = '-m torch.distributed.run --standalone --nproc-per-node 2'
    assert ran == [
        'training.export',
        f'{launcher} -m training.stage2 --out x',
        'training.stage2',
    ]


def test_a_pipeline_goes_on_where_it_ended(tmp_path):
    first = Runs(failing='training.two')
    assert run_steps(pipeline(), tmp_path, first) == 3
    assert first.ran == ['training.one', 'training.two']
    second = Runs()
    assert run_steps(pipeline(), tmp_path, second) == 0
    assert second.ran == ['training.two', 'training.three']
    third = Runs()
    assert run_steps(pipeline(), tmp_path, third) == 0 and third.ran == []
    # What was lost is made anew.
    (tmp_path / 'three/made').unlink()
    assert run_steps(pipeline(), tmp_path, third) == 0 and third.ran == ['training.three']


def test_a_finished_step_with_other_settings_is_refused(tmp_path):
    run_steps(pipeline(), tmp_path, Runs())
    with pytest.raises(ConfigError, match='one was finished with other settings'):
        run_steps(pipeline('y'), tmp_path, Runs())


def test_another_file_of_settings_is_another_step(tmp_path):
    file = tmp_path / 'c.yaml'
    file.write_text('a: 1')
    out = tmp_path / 'out'
    out.mkdir()
    run_steps(pipeline(str(file)), out, Runs())
    file.write_text('a: 2')
    with pytest.raises(ConfigError, match='other settings'):
        run_steps(pipeline(str(file)), out, Runs())


def test_a_step_that_makes_nothing_is_an_error(tmp_path):
    with pytest.raises(ConfigError, match='one ended without'):
        run_steps(pipeline(), tmp_path, Runs(making=False))
    assert finished_steps(tmp_path) == {}


def test_values_and_the_folder_stand_in_words(tmp_path):
    runs = Runs()
    run_steps(pipeline('data={place}/x', place='/data'), tmp_path, runs)
    assert runs.words == ['--out', f'{tmp_path}/three', 'data=/data/x']


@pytest.mark.parametrize('name', ['nano', 'student'])
def test_shipped_pipelines_name_commands_and_files_that_exist(name, monkeypatch):
    found = Pipeline.load(FOLDER / f'{name}.yaml')
    for step in found.filled():
        files = [word for word in step.words if word.endswith('.yaml')]
        assert all((EXAMPLES.parents[1] / file).is_file() for file in files), step.name
        assert run_module(step.module, ['--help']) == 0
    assert found.steps[-1].makes == 'bundle/manifest.json'


@pytest.mark.parametrize(('name', 'trainings'), [('nano', 2), ('student', 4)])
def test_trainings_of_shipped_pipelines_are_given_settings_that_exist(
    name, trainings, tmp_path, monkeypatch
):
    monkeypatch.chdir(EXAMPLES.parents[1])
    steps = Pipeline.load(FOLDER / f'{name}.yaml').filled()
    found = [step for step in steps if step.module in READERS]
    assert len(found) == trainings
    for step in found:
        config, file, out, _, *settings = step.arguments(tmp_path)
        assert (config, out) == ('--config', '--out') and settings
        READERS[step.module](Path(file), settings)


def test_nano_is_made_of_what_its_pipeline_prepares(tmp_path, monkeypatch):
    monkeypatch.chdir(EXAMPLES.parents[1])
    found = Pipeline.load(FOLDER / 'nano.yaml', ['values.real=pack'])
    made = {tmp_path / step.makes for step in found.steps}
    (step,) = [step for step in found.filled() if step.module == 'training.supervised']
    config = SupervisedConfig.load(Path(step.words[1]), step.arguments(tmp_path)[4:])
    read = [path for path in config.inputs() if path not in made]
    assert read and all(path.is_relative_to('pack') for path in read)


def test_a_dry_run_of_a_student_tells_every_stage(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(EXAMPLES.parents[1])
    words = ['--config', str(FOLDER / 'student.yaml'), '--out', str(tmp_path / 'run'), '--dry-run']
    read = ('teacher', 'base', 'sa1b', 'sav', 'saco', 'phrases')
    nowhere = [f'values.{name}=nowhere' for name in read]
    assert main([*words, *nowhere]) == 0
    told = capsys.readouterr().out
    assert told.count('Counted, not measured') == 4 and 'training.export_student' in told
    # The text encoder is distilled by itself, and stage 3 begins with it.
    text = told[told.index('stage 1, text') : told.index('stage 2')]
    encoder = next(line.split() for line in text.splitlines() if '| text_encoder' in line)
    assert int(encoder[encoder.index('text_encoder') + 2].replace(',', '')) > 1_000_000
    assert 'image_encoder' not in text and f'{tmp_path}/run/text/best.pt]' in told
    # In stage 3 the trunk is frozen, since the memory knows it.
    last = told[told.index('stage 3') :]
    trunk = next(line.split() for line in last.splitlines() if 'image_encoder.trunk' in line)
    assert trunk[trunk.index('image_encoder.trunk') + 2] == '0'
    assert not (tmp_path / 'run').exists()


def test_a_dry_run_of_nano_tells_what_is_not_made_yet(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(EXAMPLES.parents[1])
    words = ['--config', str(FOLDER / 'nano.yaml'), '--out', str(tmp_path / 'run'), '--dry-run']
    assert main(words) == 0
    told = capsys.readouterr().out
    assert told.count('cannot be estimated') == 2 and 'training.export_memory' in told
    assert not (tmp_path / 'run').exists()


def test_the_report_draws_every_metric(tmp_path):
    run = tmp_path / 'stage1'
    run.mkdir()
    rows = '{"step": 20, "mse": 2.0}\n{"step": 40, "mse": 1.0, "val_agreement": 0.5}\n'
    (run / 'metrics.jsonl').write_text(rows + '{"step": 60, "val_agreement": 0.75}\n')
    curves = curves_of(run / 'metrics.jsonl')
    assert list(curves) == ['val_agreement', 'mse']
    assert curves['mse'] == [(20, 2), (40, 1)]
    page = unescape(write_report(tmp_path, 'mine').read_text())
    assert '<h2>stage1</h2>' in page and '<td>val_agreement</td><td>0.75</td><td>60</td>' in page
    assert page.count('"name":"Figure"') == 2


def test_a_report_before_any_training_says_so(tmp_path):
    assert 'No training has logged' in write_report(tmp_path, 'mine').read_text()


def test_a_curve_has_its_steps_and_values():
    (line,) = chart('mse', [(0, 2.0), (10, 1.0)]).select(ColumnDataSource)
    assert [tuple(line.data[axis]) for axis in 'xy'] == [(0, 10), (2.0, 1.0)]
