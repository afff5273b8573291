"""The video distillation with clicks and boxes, and its phase on pictures."""

from __future__ import annotations

from dataclasses import replace

from installed import needs
import pytest
from tiny_stage1 import write_sa1b, write_teacher
from tiny_stage2 import run_config, video_trainer, write_sav
import torch
from toy_training import log_of

from training.data.clips.clips import Stage
from training.memory.prompts.simulation import PromptSimulation
from training.network.initial_weights import WeightError
from training.network.trained_parts import TrainedPart
from training.runtime.checkpoint import CHECKPOINT
from training.video.teacher import load_code

pytestmark = needs('transformers')
CLICKS = PromptSimulation(points=1.0, clicks=1)


@pytest.fixture(scope='module')
def config(tmp_path_factory):
    root = tmp_path_factory.mktemp('asked')
    whole = run_config(write_teacher(root / 'teacher'), write_sav(root / 'sav'), prompts=CLICKS)
    stages = [Stage(2, 1, 2, 1), Stage(3, 1, 2, 2)]
    return replace(whole, schedule=replace(whole.schedule, stages=stages))


def test_clicks_reach_teacher_and_student_and_a_resumed_run_repeats_them(config, tmp_path):
    whole = video_trainer(config, tmp_path / 'whole')
    told = {'student': [], 'teacher': []}
    for name, memory in (('student', whole.network.memory), ('teacher', whole.teacher.memory)):
        decoder = memory.track_step.mask_decoder
        read = decoder.read
        decoder.read = lambda p, code, n=name, r=read: told[n].append(p) or r(p, code)
    assert whole.run()
    assert len(told['student']) == len(told['teacher']) >= 3
    for mine, theirs in zip(told['student'], told['teacher'], strict=True):
        assert torch.equal(mine.points, theirs.points) and torch.equal(mine.labels, theirs.labels)
    logged, _ = log_of(tmp_path / 'whole')
    assert logged['agreement'] > 0 and logged['features'] > 0
    assert not video_trainer(config, tmp_path / 'parts').run(max_steps=1)
    video_trainer(config, tmp_path / 'parts').run()
    one, two = (
        torch.load(tmp_path / name / CHECKPOINT, weights_only=True)['model']
        for name in ('whole', 'parts')
    )
    assert all(torch.equal(value, two[name]) for name, value in one.items())


def test_the_code_of_clicks_is_no_part_of_what_is_kept(config, tmp_path):
    run = video_trainer(config, tmp_path)
    assert not [key for key in run.network.state_dict() if 'labels' in key]


def test_without_a_base_clicks_have_no_code():
    with pytest.raises(WeightError, match=r"SAM 3's own way: give base.*prompts\.points=0"):
        load_code('')


def test_a_share_of_the_batches_are_pictures_and_asked_for(config, tmp_path):
    data = replace(config.data, sa1b=str(write_sa1b(tmp_path / 'sa1b')), picture_share=0.4)
    schedule = replace(config.schedule, stages=[Stage(2, 1, 2, 2), Stage(3, 2, 2, 60)])
    rare = replace(CLICKS, points=1e-9)
    run = video_trainer(replace(config, data=data, schedule=schedule, prompts=rare), tmp_path)
    sizes = [[tuple(part[n].images.shape[:2]) for n in range(60)] for part in parts_of(run.data)]
    for own in sizes:
        # In each stage as many pictures as it has clips.
        assert set(own[:2]) <= {(1, 1), (1, 2)} and set(own[2:]) == {(2, 1), (2, 3)}
        assert 10 < sum(frames == 1 for _, frames in own) < 38
    # The batches of one step are not all pictures or all videos.
    assert sizes[0] != sizes[1]
    picture = next(run.data[n] for n in range(60) if run.data[n].images.shape[1] == 1)
    run.part = 0
    with torch.no_grad():
        _, terms = run.compute(0, picture)
    assert terms['mask'] > 0


def parts_of(data):
    return [data.part(number, 2) for number in (0, 1)]


def test_the_phase_on_pictures_learns_by_clicks_alone(config, tmp_path):
    config = replace(
        config,
        data=replace(config.data, sav='nowhere', sa1b=str(write_sa1b(tmp_path / 'sa1b'))),
        trained=[
            TrainedPart('image_encoder.neck.head'),
            TrainedPart('memory.track_step.mask_decoder'),
        ],
        schedule=replace(config.schedule, stages=[Stage(1, 2, 3, 12)], timescale=4, cooldown=2),
    )
    run = video_trainer(config, tmp_path / 'run')
    batch = run.data[0]
    assert batch.images.shape[:2] == (2, 1) and batch.masks.shape[:2] == (1, 6)
    with torch.no_grad():
        _, first = run.compute(0, batch)
    attention = run.network.memory.track_step.memory_attention.state_dict()
    attention = {name: value.clone() for name, value in attention.items()}
    assert run.run()
    with torch.no_grad():
        _, last = run.compute(0, batch)
    assert last['mask'] < first['mask']
    _, figures = log_of(tmp_path / 'run')
    assert 0 <= figures['val_iou'] <= 1
    kept = run.network.memory.track_step.memory_attention.state_dict()
    assert all(torch.equal(value, kept[name]) for name, value in attention.items())
    held_out = {item.name for item in run.validation_data.samples.items}
    assert held_out and not held_out & {item.name for item in run.data.stages[0].samples.items}
