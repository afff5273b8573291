"""The supervised loop: learns, resumes exactly, refuses what it cannot use."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from itertools import pairwise
import json
from pathlib import Path
import shutil

from lightning_fabric import Fabric
from omegaconf import OmegaConf
import pytest
import torch

from efficientsam3_ros.model.image.yolox.trunk import YoloxTrunk
from efficientsam3_ros.model.nano_config import NanoConfig
from training.checkpoint import CHECKPOINT, SETTINGS, CheckpointError
from training.config import ConfigError
from training.data.tabletop import DataConfig, InputSize
from training.initial_weights import WeightError, in_order
from training.runtime import learning_rate_factor, update_average
from training.runtime.best import BEST
from training.supervised import Trainer, build_student, main
from training.supervised_config import ScheduleConfig, SupervisedConfig


@pytest.fixture(scope='module')
def config(shared_scenes) -> SupervisedConfig:
    folder = str(shared_scenes)
    return SupervisedConfig(
        trunk_weights='',
        student=NanoConfig(input_height=48, input_width=64, width=16, queries=4, heads=2),
        data=DataConfig(folder, folder, scenes=2, views=1, phrases=3),
        schedule=ScheduleConfig(
            steps=4,
            warmup=1,
            freeze_stages=0,
            sizes=[InputSize(48, 64, 4)],
            checkpoint_every=2,
            validate_every=4,
            validation_batches=1,
        ),
    )


def trainer(config, folder) -> Trainer:
    return Trainer(config, folder, Fabric(accelerator='cpu', devices=1))


@pytest.fixture(scope='module')
def finished(config, tmp_path_factory) -> Path:
    """Return the folder of a finished run that no test changes."""
    folder = tmp_path_factory.mktemp('finished')
    trainer(config, folder).run()
    return folder


@pytest.fixture
def run_folder(finished, tmp_path) -> Path:
    """Return a copy of the finished run."""
    return shutil.copytree(finished, tmp_path / 'run')


@pytest.fixture(scope='module')
def averaged(finished, tmp_path_factory) -> Path:
    """Return a file, which no test changes, of the finished run's averaged weights."""
    path = tmp_path_factory.mktemp('averaged') / 'weights.pt'
    torch.save(torch.load(finished / CHECKPOINT, weights_only=True)['average'], path)
    return path


def weights(folder) -> dict[str, torch.Tensor]:
    return torch.load(folder / CHECKPOINT, weights_only=True)['model']


def test_an_interrupted_run_ends_like_an_uninterrupted_one(config, finished, tmp_path):
    # The schedule is that of the whole run; the run just stops after its first checkpoint.
    first = trainer(config, tmp_path / 'parts')
    stop_after(first, 2)
    resumed = trainer(config, tmp_path / 'parts')
    assert resumed.first == 2
    resumed.run()
    whole, parts = weights(finished), weights(tmp_path / 'parts')
    for name in whole:
        torch.testing.assert_close(whole[name], parts[name], msg=name)
    steps = [json.loads(x)['step'] for x in (tmp_path / 'parts/metrics.jsonl').open()]
    assert steps == sorted(steps) and steps[-1] == 4


def stop_after(run: Trainer, steps: int) -> None:
    original = run._milestones

    def milestones(step: int) -> None:
        original(step)
        if step == steps:
            raise KeyboardInterrupt

    run._milestones = milestones  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        run.run()


def test_a_truncated_checkpoint_is_refused_with_the_remedy(config, run_folder):
    path = run_folder / CHECKPOINT
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(CheckpointError, match='delete the file'):
        trainer(config, run_folder)


def test_a_checkpoint_of_another_network_is_refused(config, run_folder):
    other = replace(config, student=replace(config.student, width=32))
    with pytest.raises(CheckpointError, match='cannot be resumed'):
        trainer(other, run_folder)
    (run_folder / SETTINGS).unlink()
    with pytest.raises(CheckpointError, match='cannot be resumed'):
        trainer(other, run_folder)


def test_a_run_keeps_its_settings_and_is_not_resumed_with_others(config, run_folder):
    path = run_folder / SETTINGS
    assert SupervisedConfig.load(path) == config
    schedule = replace(config.schedule, steps=6, learning_rate=0.1)
    with pytest.raises(CheckpointError, match=r'schedule\.steps was 4 and is 6') as refused:
        trainer(replace(config, schedule=schedule), run_folder)
    assert 'schedule.learning_rate was 0.001 and is 0.1' in str(refused.value)
    assert SupervisedConfig.load(path) == config
    # As the message says: without the file the run goes on with the new settings.
    path.unlink()
    assert trainer(replace(config, schedule=schedule), run_folder).first == 4
    assert SupervisedConfig.load(path).schedule == schedule


def test_frozen_stages_stay_and_the_rest_moves(config, tmp_path):
    frozen = replace(config, schedule=replace(config.schedule, freeze_stages=2, steps=1))
    run = trainer(frozen, tmp_path)
    before = {k: v.clone() for k, v in run.network.state_dict().items()}
    run.run()
    after = run.network.state_dict()
    assert torch.equal(
        before['image_encoder.trunk.conv_stem.weight'],
        after['image_encoder.trunk.conv_stem.weight'],
    )
    name = 'image_encoder.neck.lateral8.weight'
    assert not torch.equal(before[name], after[name])


def test_yolox_freezes_its_stem_and_first_stages(config):
    student = NanoConfig(
        backbone='yolox_nano',
        deepest_stride=32,
        input_height=64,
        input_width=64,
        width=16,
        heads=2,
    )
    frozen = replace(config, student=student, schedule=replace(config.schedule, freeze_stages=2))
    encoder = build_student(frozen).image_encoder
    free = {n for n, p in encoder.trunk.named_parameters() if p.requires_grad}
    assert not any(
        n.startswith(('backbone.stem', 'backbone.stage4', 'backbone.stage8')) for n in free
    )
    assert any(n.startswith('backbone.stage16') for n in free)
    assert any(n.startswith('heads') for n in free)
    assert all(p.requires_grad for p in encoder.neck.parameters())


def test_the_teacher_is_heard_but_not_kept(config, tmp_path, monkeypatch):
    monkeypatch.setattr('training.supervised_teacher.load_yolox_trunk', lambda _: YoloxTrunk(4))
    # The student's own trunk starts at random.
    monkeypatch.setattr('training.supervised.load_trunk', lambda *_: None)
    student = replace(
        config.student, backbone='yolox_nano', deepest_stride=32, prompt_similarity=True
    )
    taught = replace(config, student=student, trunk_weights='yolox_nano.onnx')
    run = trainer(replace(taught, loss=replace(config.loss, teacher_naming=1.0)), tmp_path)
    _, values = run.compute(0, run.data[0])
    assert 'teacher_naming' in values
    assert not any('teacher' in name for name in run.learner.state_dict())


def test_products_in_bfloat16_leave_weights_and_average_in_full_precision(config, tmp_path):
    lower = Fabric(accelerator='cpu', devices=1, precision='bf16-mixed')
    seen = []
    run = Trainer(replace(config, precision='bf16-mixed'), tmp_path, lower)
    layer = run.network.detector.scoring.query_proj
    layer.register_forward_hook(lambda _, given, made: seen.append(made.dtype))
    values = run.update(0, [run.data[0]])
    assert torch.bfloat16 in seen
    assert values['total'] > 0
    kept = [*run.network.parameters(), *run.average.parameters()]
    assert {p.dtype for p in kept} == {torch.float32}


def test_words_are_fitted_to_the_trunk_of_a_new_network_only(config, tmp_path, monkeypatch):
    fitted = []
    monkeypatch.setattr('training.supervised.fit_class_words', lambda *_: fitted.append(1))
    monkeypatch.setattr('training.supervised.load_trunk', lambda *_: None)
    monkeypatch.setattr('training.supervised.load_student', lambda *_: None)
    student = replace(
        config.student, backbone='yolox_nano', deepest_stride=32, class_evidence=True
    )
    new = replace(config, student=student, trunk_weights='yolox_nano.onnx')
    run = trainer(new, tmp_path / 'new')
    assert fitted == [1]
    _, values = run.compute(0, run.data[0])
    assert values['score'] > 0
    trainer(replace(new, initialize_from='earlier.pt'), tmp_path / 'further')
    assert fitted == [1]


def test_a_network_may_grow_but_only_where_it_is_said_to(config, averaged, tmp_path):
    grown = replace(
        config,
        initialize_from=str(averaged),
        student=replace(config.student, deepest_stride=32),
        new_parts=(
            *(f'image_encoder.trunk.blocks.{i}' for i in (5, 6)),
            'image_encoder.neck.lateral32',
        ),
    )
    image = torch.rand(1, 3, 48, 64)
    before = trainer(
        replace(config, initialize_from=str(averaged)), tmp_path / 'same'
    ).network.eval()
    after = trainer(grown, tmp_path / 'grown').network.eval()
    with torch.no_grad():
        for old, new in zip(before.image_encoder(image), after.image_encoder(image)):
            torch.testing.assert_close(old, new)
    with pytest.raises(WeightError, match='does not fit'):
        trainer(replace(grown, new_parts=()), tmp_path / 'silent')


@pytest.mark.parametrize(
    'text, message',
    [
        ('stepz: 3', "stepz: Key 'stepz' not in 'SupervisedConfig'; known are .*seed"),
        ('schedule: {stepz: 3}', "schedule.stepz: .* Did you mean: 'steps'"),
        ('student: {width: 30}', 'Width 30'),
        ('student: {fusion_mixing: none}', "student.fusion_mixing: .*'none'.* one of"),
        ('schedule: 5', 'schedule: expected a mapping, got 5'),
        ('schedule:', 'schedule: expected a mapping, got None'),
        ('- 5', 'expected a mapping'),
        ('seed: one', "seed: Value 'one' .* Integer; its default is 1"),
        ('schedule: {clip: [1]}', r"schedule.clip: Value '\[1\]' .* Float"),
        ('schedule: {sizes: [[192, 256, 2]]}', r'schedule.sizes: .* default is .*height'),
        ('schedule: {sizes: [{height: 1}]}', r'sizes\[0\].width|missing mandatory value: width'),
        ('new_parts: neck', 'new_parts: .* str is not'),
        ('start_from: w.pt', 'start_from is now initialize_from'),
        ('student: {presence_gate: 0.8}', 'is now --presence-gate of training.export'),
        ('loss: {centre: 2}', 'loss.centre is now loss.center'),
    ],
)
def test_wrong_settings_are_named(tmp_path, text, message):
    path = tmp_path / 'c.yaml'
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        SupervisedConfig.load(path)


@pytest.mark.parametrize('name', ['nano_first.yaml', 'nano.yaml', 'nano_real.yaml'])
def test_the_shipped_settings_are_valid(name):
    config = SupervisedConfig.load(Path(__file__).parents[2] / 'training/configs' / name)
    assert config.schedule.sizes[-1].until == config.schedule.steps


def test_nano_real_goes_on_from_committed_weights_every_tensor_of_them(monkeypatch):
    root = Path(__file__).parents[2]
    config = SupervisedConfig.load(root / 'training/configs/nano_real.yaml')
    monkeypatch.setattr('training.supervised.load_trunk', lambda *_: None)
    weights = root / config.initialize_from
    student = build_student(replace(config, initialize_from=str(weights)))
    state = torch.load(weights, weights_only=True)
    for name, value in student.state_dict().items():
        assert torch.equal(value, state[name].to(value.dtype)), name


def test_settings_may_be_replaced_on_the_command_line(tmp_path):
    path = tmp_path / 'c.yaml'
    path.write_text('schedule: {steps: 7}\nseed: 3')
    values = ('schedule.learning_rate=1e-4', 'new_parts=[a, b]', 'trunk_weights=')
    config = SupervisedConfig.load(path, values)
    expected = ScheduleConfig(steps=7, learning_rate=1e-4)
    assert config.schedule == expected and config.seed == 3
    assert config.new_parts == ('a', 'b') and config.trunk_weights == ''


@pytest.mark.parametrize(
    'value, message',
    [
        ('schedule.stepz=3', "schedule.stepz: .* Did you mean: 'steps'"),
        ('seed', "'seed' is no setting; write KEY=VALUE"),
        ('seed=[1', 'not YAML'),
        ('seed=x', 'seed: .* Integer'),
    ],
)
def test_wrong_replacements_are_named(tmp_path, value, message):
    path = tmp_path / 'c.yaml'
    path.write_text('')
    with pytest.raises(ConfigError, match=message):
        SupervisedConfig.load(path, (value,))


def test_the_command_line_reports_a_missing_file(tmp_path, capsys):
    assert main(['--config', str(tmp_path / 'no.yaml')]) == 2
    assert 'does not exist' in capsys.readouterr().err


def test_the_command_line_trains_with_replaced_settings(config, tmp_path, capsys):
    path = tmp_path / 'c.yaml'
    path.write_text(OmegaConf.to_yaml(OmegaConf.structured(config)))
    arguments = ['--config', str(path), '--out', str(tmp_path / 'run')]
    assert main([*arguments, 'schedule.steps=1', 'threads=1']) == 0
    assert SupervisedConfig.load(tmp_path / 'run' / SETTINGS).schedule.steps == 1
    assert main([*arguments, 'threads=1']) == 2
    assert 'schedule.steps was 1 and is 4' in capsys.readouterr().err


def test_a_run_never_lies_where_its_inputs_or_foreign_files_are(config, scenes, tmp_path, capsys):
    weights = tmp_path / 'first' / 'weights.pt'
    data = replace(config.data, train=str(scenes), validation=str(scenes))
    path = tmp_path / 'c.yaml'
    settings = replace(config, data=data, initialize_from=str(weights))
    path.write_text(OmegaConf.to_yaml(OmegaConf.structured(settings)))
    for name in ('first/weights.pt', 'thesis/config.yaml', 'thesis/thesis.tex'):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text('precious')
    before = {p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()}
    for folder, message in (
        ('scenes', 'is the same as'),
        ('scenes/run', 'lies in'),
        ('first', 'holds'),
        ('thesis', 'holds nothing to go on with'),
        ('thesis/thesis.tex', 'exists already'),
    ):
        assert main(['--config', str(path), '--out', str(tmp_path / folder)]) == 2
        assert message in capsys.readouterr().err
    assert {p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()} == before


def test_a_run_goes_on_with_the_settings_that_it_has_kept(run_folder, capsys):
    (run_folder / CHECKPOINT).unlink()
    begun = ['--out', str(run_folder), '--config', str(run_folder / SETTINGS)]
    assert main([*begun, 'schedule.steps=1']) == 0
    assert main([*begun, 'schedule.steps=2']) == 2
    assert 'schedule.steps was 1 and is 2' in capsys.readouterr().err


def test_the_rate_warms_up_holds_and_ends_at_zero():
    rates = [learning_rate_factor(i, 100, 10, 0.4) for i in range(101)]
    assert rates[0] == 0.1 and rates[9] == 1 and rates[39] == 1 and rates[100] < 1e-6
    assert all(a >= b for a, b in pairwise(rates[10:]))


def test_the_average_leaves_the_start_quickly_then_moves_slowly():
    module = torch.nn.Linear(1, 1)
    average = deepcopy(module)
    with torch.no_grad():
        module.weight.fill_(1.0)
    for step in range(50):
        update_average(average, module, 0.99, step)
    assert average.weight.item() == pytest.approx(1.0, abs=0.01)
    with torch.no_grad():
        module.weight.fill_(2.0)
    update_average(average, module, 0.99, 5000)
    assert average.weight.item() == pytest.approx(1.01, abs=0.005)


def test_a_run_may_continue_from_the_weights_of_another(config, finished, averaged, tmp_path):
    second = trainer(replace(config, initialize_from=str(averaged)), tmp_path / 'second')
    state = second.network.state_dict()
    for name, value in torch.load(averaged, weights_only=True).items():
        torch.testing.assert_close(state[name], value, msg=name)
    best = finished / BEST
    third = trainer(replace(config, initialize_from=str(best)), tmp_path / 'from_best')
    for name, value in torch.load(best, weights_only=True)['average'].items():
        torch.testing.assert_close(third.network.state_dict()[name], value, msg=name)
    short = tmp_path / 'short.pt'
    short.write_bytes(averaged.read_bytes()[:500])
    with pytest.raises(WeightError, match='does not fit'):
        trainer(replace(config, initialize_from=str(short)), tmp_path / 'third')


def test_trunk_weights_are_renamed_in_order_and_misfits_refused():
    target = {'a.weight': torch.zeros(2, 3), 'a.bias': torch.zeros(2)}
    source = {'_x.weight': torch.ones(2, 3), '_x.bias': torch.ones(2), '_fc.weight': torch.ones(1)}
    assert in_order(source, target)['a.weight'].sum() == 6
    with pytest.raises(WeightError, match='does not fit'):
        in_order({'_x.bias': torch.ones(2), '_x.weight': torch.ones(2, 3)}, target)
