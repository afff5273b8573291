"""The video distillation: it learns, it resumes exactly, and what is frozen stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from installed import needs
import pytest
from tiny_stage1 import write_teacher
from tiny_stage2 import run_config, tiny_base, tiny_trackers, video_trainer, write_sav
import torch
from torch import Tensor
from torch.nn import functional as F
from toy_training import log_of

from training.data.clips.clips import Stage
from training.network.initial_weights import WeightError
from training.runtime.best import BEST
from training.runtime.checkpoint import CHECKPOINT
from training.video.config import VideoRunConfig
from training.video.trainer import VideoTrainer

pytestmark = needs('transformers')


@dataclass(frozen=True)
class Finished:
    run: VideoTrainer
    folder: Path
    frozen: dict[str, Tensor]
    first: dict[str, float]


@pytest.fixture(scope='module')
def config(tmp_path_factory) -> VideoRunConfig:
    root = tmp_path_factory.mktemp('video')
    return run_config(write_teacher(root / 'teacher'), write_sav(root / 'sav'))


def frozen_of(run: VideoTrainer) -> dict[str, Tensor]:
    kept = {f'teacher.{k}': v.clone() for k, v in run.teacher.state_dict().items()}
    neck = run.network.image_encoder.neck
    for name, part in (('trunk', run.network.image_encoder.trunk), ('t', neck.tracker_layers)):
        kept |= {f'{name}.{k}': v.clone() for k, v in part.state_dict().items()}
    return kept


@pytest.fixture(scope='module')
def finished(config, tmp_path_factory) -> Finished:
    folder = tmp_path_factory.mktemp('finished')
    config = replace(
        config, schedule=replace(config.schedule, stages=[Stage(2, 1, 2, 2), Stage(3, 1, 2, 16)])
    )
    run = video_trainer(config, folder)
    run.set_train_mode()
    with torch.no_grad():
        first = run.compute(0, run.data[0])[1]
    frozen = frozen_of(run)
    assert run.run()
    return Finished(run, folder, frozen, first)


def test_features_of_image_and_memory_come_closer_to_the_trackers(finished):
    with torch.no_grad():
        after = finished.run.compute(0, finished.run.data[0])[1]
    for name in ('image', 'features'):
        assert after[name] < finished.first[name], name
    logged, figures = log_of(finished.folder)
    names = {'image', 'features', 'agreement', 'mask', 'dice', 'object', 'quality', 'clipped'}
    assert names <= logged.keys() and 'val_iou' in figures


def test_the_image_term_is_the_mean_squared_error_of_the_coarsest_level(finished):
    run = finished.run
    batch = run.data[0]
    images = batch.images.flatten(0, 1)
    with torch.no_grad():
        _, metrics = run.compute(0, batch)
        own, wanted = run.network.encode(images)[2], run.teacher.encode(images)[2]
    assert metrics['image'] == pytest.approx(float(F.mse_loss(own, wanted)), rel=1e-5)
    # The tracker's own levels of the teacher's trunk.
    trunk = run.teacher._trunk.encode_image(images).trunk
    torch.testing.assert_close(wanted, run.teacher.levels[2](trunk))


def test_what_is_frozen_is_the_same_bits_and_the_teacher_never_learns(finished):
    now = frozen_of(finished.run)
    assert all(torch.equal(now[name], value) for name, value in finished.frozen.items())
    learning = [n for n, p in finished.run.network.named_parameters() if p.requires_grad]
    assert {name.split('.')[0] for name in learning} == {'image_encoder', 'memory'}
    assert all('neck.head' in n for n in learning if n.startswith('image_encoder'))


def test_clips_grow_and_carry_true_masks(config, tmp_path):
    run = video_trainer(config, tmp_path)
    sizes = [tuple(run.data[n].images.shape[:2]) for n in range(4)]
    assert sizes == [(1, 2), (1, 2), (2, 3), (2, 3)]
    batch = run.data[0]
    assert batch.masks.shape == (2, 2, 32, 32) and batch.age_step.tolist() == [4, 4]
    # A box is 40 x 40 of 96 x 128 pixels while it is in view; who is gone has no cells.
    share = 1600 / 96 / 128
    assert 0 < float(batch.shares.max()) <= share + 0.01
    assert torch.equal(batch.shares, batch.masks.mean((2, 3)))
    held_out = {item.video.name for item in run.validation_data.samples.items}
    trained = {item.video.name for item in run.data.stages[0].samples.items}
    assert not held_out & trained


def test_it_begins_with_the_tracker(config, tmp_path):
    run = video_trainer(config, tmp_path)
    with tiny_trackers():
        base, tracker = tiny_base('', config.size)
    wanted = base.image_encoder.neck.tracker_layers.state_dict()
    own = run.network.image_encoder.neck.tracker_layers.state_dict()
    assert all(torch.equal(own[name], value) for name, value in wanted.items())
    mine, theirs = run.network.memory.state_dict(), tracker.state_dict()
    name = 'track_step.mask_decoder.'
    decoder = [key for key in theirs if key.startswith(name)]
    assert decoder and all(torch.equal(mine[key], theirs[key]) for key in decoder)


def test_an_interrupted_run_ends_like_an_uninterrupted_one(config, tmp_path):
    video_trainer(config, tmp_path / 'whole').run()
    assert not video_trainer(config, tmp_path / 'parts').run(max_steps=1)
    resumed = video_trainer(config, tmp_path / 'parts')
    assert resumed.first == 1
    resumed.run()
    whole, parts = (
        torch.load(tmp_path / name / CHECKPOINT, weights_only=True) for name in ('whole', 'parts')
    )
    for part in ('model', 'average'):
        assert all(torch.equal(v, parts[part][n]) for n, v in whole[part].items())


def test_longer_clips_go_on_from_the_best_weights_without_a_teacher(config, finished, tmp_path):
    best = str(finished.folder / BEST)
    alone = replace(config, teacher='', base='', initialize_from=(best,))
    run = video_trainer(alone, tmp_path / 'next')
    state = finished.run.average.state_dict()
    assert all(torch.equal(v, state[n]) for n, v in run.network.state_dict().items())
    found = run.update(2, [run.data[2]])
    assert found['image'] == found['features'] == 0 and found['mask'] > 0
    entries = torch.load(best, weights_only=True)
    entries['average'].pop('memory.track_step.no_memory')
    torch.save(entries, tmp_path / 'holes.pt')
    with pytest.raises(WeightError, match=r'1 weights are missing.*no_memory'):
        video_trainer(
            replace(alone, initialize_from=(str(tmp_path / 'holes.pt'),)), tmp_path / 'x'
        )
