"""The distillation of encoders: it learns, it resumes exactly, and what is frozen stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from installed import needs
import pytest
from tiny_stage1 import run_config, tiny_students, trainer, write_teacher
import torch
from torch import Tensor
from toy_training import log_of

from training.encoder.config import EncoderRunConfig, FeatureConfig, StudentPlan
from training.encoder.data.batch import EncoderBatch
from training.encoder.prompts.rounds import PromptPlan
from training.network.initial_weights import WeightError
from training.runtime.best import BEST
from training.runtime.checkpoint import CHECKPOINT, CheckpointError
from training.settings.reading import ConfigError
from training.stage1 import EncoderTrainer, main

pytestmark = needs('transformers')


@dataclass(frozen=True)
class Finished:
    run: EncoderTrainer
    folder: Path
    before: dict[str, float]
    frozen: dict[str, Tensor]


def frozen_of(run: EncoderTrainer) -> dict[str, Tensor]:
    """Return copies of everything that must not move: teacher, and its levels in the student."""
    kept = {f'teacher.{k}': v.clone() for k, v in run.teacher.model.state_dict().items()}
    for name, network in (('network', run.network), ('average', run.average)):
        neck = network.image_encoder.neck.fpn_layers
        kept |= {f'{name}.{k}': v.clone() for k, v in neck.state_dict().items()}
    return kept


@pytest.fixture(scope='module')
def config(sam3_folder, sa1b, phrases) -> EncoderRunConfig:
    config = run_config(sam3_folder, sa1b, parts=('image', 'text'))
    return replace(config, data=replace(config.data, phrases=str(phrases)))


@pytest.fixture(scope='module')
def finished(config, tmp_path_factory) -> Finished:
    folder = tmp_path_factory.mktemp('finished')
    run = trainer(config, folder)
    before, frozen = run.validate(), frozen_of(run)
    assert run.run()
    return Finished(run, folder, before, frozen)


def test_a_run_lowers_the_losses_and_agrees_more_with_the_teacher(finished):
    rows = log_of(finished.folder)
    after = rows[-1]
    for name in ('mse', 'cosine', 'text_mse', 'text_cosine'):
        assert after[f'val_{name}'] < 0.8 * finished.before[f'val_{name}'], name
    for name in ('box_iou', 'loop_iou', 'agreement'):
        assert after[f'val_{name}'] > finished.before[f'val_{name}'] + 0.2, name
    agreed = (after['val_box_iou'] + 1 - after['val_text_cosine']) / 2
    assert after['val_agreement'] == pytest.approx(agreed, abs=1e-5)


def test_every_term_is_logged_and_prompts_are_asked_late_in_the_run(finished):
    first, second = log_of(finished.folder)[:2]
    terms = {'trunk_mse', 'level_1_cosine', 'level_2_mse', 'mse', 'bce', 'dice', 'mask_iou'}
    assert terms | {'text_mse', 'prompts', 'corrections', 'clipped', 'total'} <= first.keys()
    assert 'level_0_mse' not in first
    maps = [first[f'{name}_mse'] for name in ('trunk', 'level_1', 'level_2')]
    assert first['mse'] == pytest.approx(sum(maps) / 3, abs=1e-5)
    assert (first['step'], first['prompts'], first['bce']) == (20, 0, 0)
    # A mask and two rounds: the first prompt twice, and what is corrected.
    assert second['prompts'] == pytest.approx(2 + second['corrections'])
    assert second['bce'] > 0 and second['mask_iou'] > 0


def test_frozen_weights_are_the_same_bits(finished):
    now = frozen_of(finished.run)
    assert now.keys() == finished.frozen.keys()
    assert all(torch.equal(now[name], value) for name, value in finished.frozen.items())
    assert torch.equal(
        now['network.2.proj1.weight'], now['teacher.vision_encoder.neck.fpn_layers.2.proj1.weight']
    )
    trained = {n for n, p in finished.run.network.named_parameters() if p.requires_grad}
    assert not any('fpn_layers' in name for name in trained)


def test_masks_teach_the_student_beside_features(finished):
    run = finished.run
    batch = run.data[run.config.schedule.steps - 1]
    run.optimizer.zero_grad(set_to_none=True)
    terms = run.compute_image(run.config.schedule.steps - 1, batch.pictures)
    (terms['bce'] + terms['dice']).backward()
    encoder = run.network.image_encoder
    for module in (encoder.trunk, encoder.neck.head):
        assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in module.parameters())
    assert not any(p.grad is not None for p in run.teacher.model.parameters())


def test_an_interrupted_run_ends_like_an_uninterrupted_one(config, tmp_path):
    config = replace(
        config,
        schedule=replace(config.schedule, steps=2, accumulate=2),
        prompts=replace(config.prompts, begin=0.0),
        data=replace(config.data, validation_pictures=2),
    )
    trainer(config, tmp_path / 'whole').run()
    assert not trainer(config, tmp_path / 'parts').run(max_steps=1)
    resumed = trainer(config, tmp_path / 'parts')
    assert resumed.first == 1
    own = resumed.own_batches()[1]
    assert not torch.equal(own[0].pictures.images, own[1].pictures.images)
    resumed.run()
    whole, parts = (
        torch.load(tmp_path / name / CHECKPOINT, weights_only=True) for name in ('whole', 'parts')
    )
    for part in ('model', 'average'):
        assert all(torch.equal(v, parts[part][n]) for n, v in whole[part].items())


def test_a_run_of_another_teacher_is_not_resumed(config, finished, tmp_path):
    other = write_teacher(tmp_path / 'other', seed=1)
    target = tmp_path / 'run'
    target.mkdir()
    (target / CHECKPOINT).write_bytes((finished.folder / CHECKPOINT).read_bytes())
    with pytest.raises(CheckpointError, match='another teacher'):
        trainer(replace(config, teacher=str(other)), target)


def test_the_best_weights_start_another_run_whole_and_of_the_same_context(
    config, finished, tmp_path
):
    best = str(finished.folder / BEST)
    run = trainer(replace(config, initialize_from=best), tmp_path / 'next')
    state = finished.run.average.state_dict()
    assert all(torch.equal(v, state[n]) for n, v in run.network.state_dict().items())
    for change, message in (
        ({'parts': ('text',)}, 'Unexpected key'),
        ({'student': StudentPlan('es_ev_s', neck='lean'), 'features': LEAN}, 'Missing key'),
    ):
        with pytest.raises(WeightError, match=message):
            trainer(replace(config, initialize_from=best, **change), tmp_path / message[:4])
    entries = torch.load(best, weights_only=True)
    entries['origin']['context'] = 32
    torch.save(entries, tmp_path / 'long.pt')
    with pytest.raises(WeightError, match='reads 16 tokens, not 32'):
        trainer(replace(config, initialize_from=str(tmp_path / 'long.pt')), tmp_path / 'long')


LEAN = FeatureConfig(trunk=False, teacher_levels=(1, 2, 2))


def test_a_context_longer_than_the_teachers_is_refused(config, tmp_path):
    with pytest.raises(ConfigError, match=r'student\.context is 32, the teacher reads 16'):
        trainer(replace(config, student=StudentPlan(context=32)), tmp_path)


def test_a_lean_neck_passes_the_heads_at_its_own_grid(sam3_folder, sa1b, tmp_path):
    config = run_config(
        sam3_folder,
        sa1b,
        student=StudentPlan('es_tv_s', neck='lean'),
        features=LEAN,
        prompts=PromptPlan(begin=0.0, masks=1),
    )
    run = trainer(config, tmp_path)
    found = run.update(0, [run.data[0]])
    assert found['prompts'] >= 2 and found['level_0_mse'] > 0
    # TinyViT keeps biases where it is evaluated; they must not outlive the weights.
    first = run.validate()['val_mse']
    with torch.no_grad():
        for name, value in run.average.named_parameters():
            if 'attention_biases' in name:
                value.add_(torch.arange(float(value.shape[1])))
    assert run.validate()['val_mse'] != first


def test_cached_features_teach_the_same(config, finished, monkeypatch):
    run = finished.run
    batch = run.data[0].pictures
    seen = run.teacher.encode_image(batch.images)
    online = run.compute_image(0, batch)
    monkeypatch.setattr(run.teacher, 'encode_image', lambda _: pytest.fail('it is cached'))
    cached = run.compute_image(0, replace(batch, trunk=seen.trunk.half()))
    torch.testing.assert_close(cached['mse'], online['mse'], rtol=0.02, atol=0)


def test_pictures_without_masks_are_not_asked_about(finished):
    run = finished.run
    pictures = run.data[0].pictures
    blank = replace(pictures, asked=torch.zeros_like(pictures.asked))
    last = run.config.schedule.steps - 1
    total, metrics = run.compute(last, EncoderBatch(blank, None))
    assert metrics['prompts'] == 0 and metrics['bce'] == 0 and torch.isfinite(total)


def test_the_command_tells_where_a_teacher_comes_from(sa1b, tmp_path, capsys):
    path = tmp_path / 'c.yaml'
    path.write_text(f'teacher: nowhere/sam3\ndata: {{sa1b: {sa1b}}}\n')
    with tiny_students():
        assert main(['--config', str(path), '--out', str(tmp_path / 'run')]) == 2
    assert 'efficientsam3 download sam3' in capsys.readouterr().err
