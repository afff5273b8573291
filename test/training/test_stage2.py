"""Training of the memory: it resumes exactly and refuses what does not fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from clip_files import MANIFEST
from memory_run import ENCODER, trainer
import pytest
import torch
import yaml

from efficientsam3_ros.core.manifest import file_sha256
from efficientsam3_ros.engine import find_bundle
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from training.data.clips.clip_features import EncoderIdentity, FeatureCacheError
from training.data.clips.clips import Stage
from training.data.sources.config import ScenesConfig
from training.memory.config import MemoryDataConfig, MemoryRunConfig
from training.memory.prompts.simulation import PromptSimulation
from training.memory.rollout import Plan
from training.memory.weights import load_memory, save_memory
from training.network.initial_weights import WeightError
from training.runtime.best import BEST
from training.runtime.checkpoint import CHECKPOINT
from training.settings.config import EXAMPLES
from training.stage2 import WEIGHTS, MemoryTrainer, main

IMAGE_ENCODER = find_bundle() / MANIFEST.graphs['image_encoder'].file


@dataclass(frozen=True)
class Finished:
    """A whole run of the Perceiver, and what there was before it."""

    run: MemoryTrainer
    folder: Path
    weights: dict[str, torch.Tensor]
    encoder: str


@pytest.fixture(scope='module')
def finished(memory_config, tmp_path_factory) -> Finished:
    folder = tmp_path_factory.mktemp('finished')
    run = trainer(memory_config, folder)
    weights = {name: value.clone() for name, value in run.network.state_dict().items()}
    before = Finished(run, folder, weights, file_sha256(IMAGE_ENCODER))
    run.run()
    return before


@pytest.mark.parametrize('kind', ['perceiver', 'dense'])
def test_an_interrupted_run_ends_like_an_uninterrupted_one(
    memory_config, finished, tmp_path, kind
):
    whole, memory_config = finished.folder, replace(memory_config, kind=kind)
    if kind != finished.run.config.kind:
        whole = tmp_path / 'whole'
        trainer(memory_config, whole).run()
    first = trainer(memory_config, tmp_path / 'parts')
    original = first._milestones

    def milestones(step: int) -> None:
        original(step)
        if step == 2:
            raise KeyboardInterrupt

    first._milestones = milestones  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        first.run()
    resumed = trainer(memory_config, tmp_path / 'parts')
    assert resumed.first == 2
    resumed.run()
    states = [
        torch.load(folder / CHECKPOINT, weights_only=True)
        for folder in (whole, tmp_path / 'parts')
    ]
    for part in ('model', 'average'):
        for name, value in states[0][part].items():
            assert torch.equal(value, states[1][part][name]), name


def test_clicks_are_asked_only_where_the_settings_say_so(memory_config, tmp_path):
    shipped = MemoryRunConfig.load(EXAMPLES / 'nano_memory.yaml')
    assert shipped.prompts == memory_config.prompts and shipped.prompts.points == 0
    plain = trainer(memory_config, tmp_path / 'plain')
    assert plain.code is None
    prompts = PromptSimulation(points=1.0, clicks=2)
    dense = replace(memory_config, kind='dense', prompts=prompts)
    trainer(dense, tmp_path / 'dense').run()
    # The Perceiver's teacher was asked in the same code, without which it would not understand.
    taught = replace(memory_config, prompts=prompts, teacher=str(tmp_path / 'dense' / WEIGHTS))
    run = trainer(taught, tmp_path / 'taught')
    run.part = 0
    with torch.no_grad():
        (one, terms), (two, again), other = (run.compute(n, run.data[0]) for n in (0, 0, 1))
    assert one == two and terms == again and one != other[0]
    assert terms['agreement'] > 0


def test_a_run_moves_the_memory_and_leaves_the_encoder_alone(memory_config, finished):
    run, weights = finished.run, finished.weights
    assert file_sha256(IMAGE_ENCODER) == finished.encoder
    moved = [n for n, v in run.network.state_dict().items() if not torch.equal(v, weights[n])]
    assert any(n.startswith('track_step') for n in moved)
    assert any(n.startswith('memorise') for n in moved)
    saved = load_memory(finished.folder / WEIGHTS, ENCODER)
    assert saved.config == memory_config.memory
    torch.testing.assert_close(saved.state_dict(), run.average.state_dict())
    # The only validation is that of the last step.
    best = load_memory(finished.folder / BEST, ENCODER)
    torch.testing.assert_close(best.state_dict(), run.average.state_dict())


def test_each_source_is_validated_by_itself_as_well(memory_config, clips, finished, tmp_path):
    sources = {name: ScenesConfig(str(clips), str(clips), 1.0) for name in ('pans', 'clean')}
    sources['printed'] = ScenesConfig('nowhere', 'nowhere', 0.0)
    run = trainer(replace(memory_config, data=MemoryDataConfig(sources=sources)), tmp_path)
    run.average.load_state_dict(finished.run.average.state_dict())
    found, alone = run.validate(), finished.run.validate()
    assert {name for name in found if name.endswith('/val_iou')} == {
        'pans/val_iou',
        'clean/val_iou',
    }
    for name, value in alone.items():
        assert found[name] == pytest.approx(value) == pytest.approx(found[f'pans/{name}'])


def test_weights_of_another_encoder_or_shape_are_refused(memory_config, tmp_path):
    save_memory(
        tmp_path / WEIGHTS,
        memory_config.memory,
        ENCODER,
        VideoMemory(memory_config.memory).state_dict(),
    )
    with pytest.raises(WeightError, match='another image encoder'):
        load_memory(tmp_path / WEIGHTS, replace(ENCODER, image_encoder='0' * 64))
    (tmp_path / WEIGHTS).write_bytes((tmp_path / WEIGHTS).read_bytes()[:900])
    with pytest.raises(WeightError, match='no usable memory'):
        load_memory(tmp_path / WEIGHTS)
    with pytest.raises(WeightError, match='does not exist'):
        load_memory(tmp_path / 'none.pt')


def test_a_cache_of_another_encoder_stops_the_run(memory_config, tmp_path, monkeypatch):
    other = replace(ENCODER, image_encoder='0' * 64)
    monkeypatch.setattr(EncoderIdentity, 'of', classmethod(lambda cls, manifest: other))
    with pytest.raises(FeatureCacheError, match='other weights'):
        trainer(memory_config, tmp_path)


def test_a_dense_teacher_adds_its_terms(memory_config, tmp_path):
    dense = replace(memory_config, kind='dense').memory
    save_memory(tmp_path / 'dense.pt', dense, ENCODER, VideoMemory(dense).state_dict())
    short = replace(memory_config.schedule, stages=[Stage(3, 1, 2, 2)])
    taught = replace(memory_config, teacher=str(tmp_path / 'dense.pt'), schedule=short)
    run = trainer(taught, tmp_path / 'student')
    kept = {name: value.clone() for name, value in run.teacher.state_dict().items()}
    batch = run.clips[0]
    loss = run.compute_loss(batch, Plan.free(batch))
    assert loss['features'] > 0 and loss['agreement'] > 0
    run.run()
    assert all(torch.equal(v, kept[n]) for n, v in run.teacher.state_dict().items())


def test_the_command_line_reports_a_missing_file(tmp_path, capsys):
    assert main(['--config', str(tmp_path / 'no.yaml')]) == 2
    assert 'nano_memory.yaml' in capsys.readouterr().err


def test_a_run_never_lies_where_its_teacher_or_its_bundle_is(tmp_path, capsys):
    teacher, bundle = tmp_path / 'teacher' / 'memory.pt', find_bundle()
    teacher.parent.mkdir()
    teacher.write_text('precious')
    path = tmp_path / 'c.yaml'
    path.write_text(yaml.safe_dump({'teacher': str(teacher)}))
    for folder, message in ((teacher.parent, 'holds'), (bundle / 'run', 'lies in')):
        assert main(['--config', str(path), '--out', str(folder)]) == 2
        assert message in capsys.readouterr().err
    assert [p.name for p in teacher.parent.iterdir()] == ['memory.pt']
    assert not (bundle / 'run').exists()
