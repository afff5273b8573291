"""The supervised loop: learns, resumes exactly, refuses what it cannot use."""

from __future__ import annotations

from dataclasses import replace
import json
from pathlib import Path
import shutil

from lightning_fabric import Fabric
from omegaconf import OmegaConf
import pytest
import torch

from efficientsam3_ros.model.image.yolox.trunk import YoloxTrunk
from efficientsam3_ros.model.nano_config import NanoConfig
from training.data.config import DataConfig, InputSize
from training.data.sources.config import ScenesConfig, SourcesConfig
from training.detector.config import ScheduleConfig, SupervisedConfig
from training.network.initial_weights import WeightError
from training.runtime.best import BEST
from training.runtime.checkpoint import CHECKPOINT, SETTINGS, CheckpointError
from training.supervised import Trainer, build_student, main


@pytest.fixture(scope='module')
def config(shared_scenes) -> SupervisedConfig:
    scenes = ScenesConfig(str(shared_scenes), str(shared_scenes), 1.0)
    return SupervisedConfig(
        student=NanoConfig(input_height=48, input_width=64, width=16, queries=4, heads=2),
        data=DataConfig(scenes=2, views=1, phrases=3, sources=SourcesConfig(clean=scenes)),
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
    stem = 'image_encoder.trunk.backbone.stem.weight'
    assert torch.equal(before[stem], after[stem])
    name = 'image_encoder.neck.lateral8.weight'
    assert not torch.equal(before[name], after[name])


def test_a_frozen_encoder_gives_the_same_features_while_the_detector_learns(config, tmp_path):
    frozen = replace(config, schedule=replace(config.schedule, freeze_encoder=True, steps=1))
    run = trainer(frozen, tmp_path)
    before = {k: v.clone() for k, v in run.network.state_dict().items()}
    run.run()
    for network in (run.network, run.average):
        after = network.state_dict()
        moved = {name for name, value in before.items() if not torch.equal(value, after[name])}
        # Running statistics of batch norms are among them.
        assert not any(name.startswith('image_encoder') for name in moved)
        assert any(name.startswith('detector') for name in moved)


def test_stem_and_first_stages_are_frozen(config):
    frozen = replace(config, schedule=replace(config.schedule, freeze_stages=2))
    encoder = build_student(frozen).image_encoder
    free = {n for n, p in encoder.trunk.named_parameters() if p.requires_grad}
    assert not any(
        n.startswith(('backbone.stem', 'backbone.stage4', 'backbone.stage8')) for n in free
    )
    assert any(n.startswith('backbone.stage16') for n in free)
    assert any(n.startswith('heads') for n in free)
    assert all(p.requires_grad for p in encoder.neck.parameters())


def test_the_teacher_is_heard_but_not_kept(config, tmp_path, monkeypatch):
    monkeypatch.setattr('training.detector.teachers.load_yolox_trunk', lambda _: YoloxTrunk(4))
    # The student's own trunk starts at random.
    monkeypatch.setattr('training.supervised.load_trunk', lambda *_: None)
    monkeypatch.setattr('training.supervised.fit_class_words', lambda *_: None)
    taught = replace(config, trunk_weights='yolox_nano.onnx')
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
    new = replace(config, trunk_weights='yolox_nano.onnx')
    run = trainer(new, tmp_path / 'new')
    assert fitted == [1]
    _, values = run.compute(0, run.data[0])
    assert values['score'] > 0
    trainer(replace(new, initialize_from='earlier.pt'), tmp_path / 'further')
    assert fitted == [1]


def test_a_network_may_grow_but_only_where_it_is_said_to(config, tmp_path):
    small = replace(config, student=replace(config.student, prompt_similarity=False))
    path = tmp_path / 'small.pt'
    torch.save(build_student(small).state_dict(), path)
    new_parts = ('detector.similarity',)
    grown = replace(config, seed=7, initialize_from=str(path), new_parts=new_parts)
    state = build_student(grown).state_dict()
    for name, value in torch.load(path, weights_only=True).items():
        assert torch.equal(state.pop(name), value), name
    assert state and all(name.startswith('detector.similarity.') for name in state)
    with pytest.raises(WeightError, match='does not fit'):
        build_student(replace(grown, new_parts=()))


def test_the_shipped_weights_hold_every_tensor_of_the_shipped_settings():
    root = Path(__file__).parents[2]
    config = SupervisedConfig.load(root / 'training/configs/nano.yaml')
    assert config.schedule.sizes[-1].until == config.schedule.steps
    weights = root / 'training/weights/nano.pt'
    student = build_student(replace(config, trunk_weights='', initialize_from=str(weights)))
    state = torch.load(weights, weights_only=True)
    assert {x.dtype for x in state.values() if x.is_floating_point()} == {torch.float16}
    for name, value in student.state_dict().items():
        assert torch.equal(value, state[name].to(value.dtype)), name


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
    sources = SourcesConfig(clean=ScenesConfig(str(scenes), str(scenes), 1.0))
    data = replace(config.data, sources=sources)
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
