"""Settings of all nine students: they are read, and a dry run needs neither teacher nor data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from efficientsam3_ros.model.registry import STUDENTS
from training.settings.config import EXAMPLES
from training.settings.reading import ConfigError
from training.stage2 import load_settings, main
from training.video.augment import UNCHANGED
from training.video.config import VideoRunConfig

FOLDER = EXAMPLES / 'stage2'
EDGETAM = ('edgetam_image', 'edgetam_16', 'edgetam_32')
NOWHERE = ('teacher=nowhere', 'data.sav=nowhere')


def test_there_is_a_file_for_each_student_with_the_published_hyperparameters():
    assert {path.stem for path in FOLDER.glob('*.yaml')} == {*STUDENTS, *EDGETAM}
    for name in STUDENTS:
        config = load_settings(FOLDER / f'{name}.yaml')
        assert isinstance(config, VideoRunConfig)
        schedule = config.schedule
        assert (config.student.name, config.name) == (name, f'{name}_stage2')
        rates = {each.part: each.rate * schedule.learning_rate for each in config.trained}
        assert rates['image_encoder'] == pytest.approx(6e-5)
        assert rates['memory'] == pytest.approx(3e-4)
        assert schedule.steps == 130_000 and schedule.warmup == 15_000
        assert all(s.clips * schedule.accumulate == 256 for s in schedule.stages)
        asked = config.prompts
        assert (asked.points, asked.boxes, asked.from_truth) == (0.5, 0.5, 0.1)
        assert (asked.clicks, asked.frames) == (7, 2)


@pytest.mark.parametrize('name', STUDENTS)
def test_a_dry_run_counts_without_teacher_and_data(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(['--config', str(FOLDER / f'{name}.yaml'), '--dry-run', *NOWHERE]) == 0
    told = capsys.readouterr().out
    assert 'all that learns' in told and 'Counted, not measured' in told
    assert not list(tmp_path.iterdir())
    # 130,000 steps of 256 clips, a third of them of four frames.
    assert '33,280,000' in told and '222,208,000' in told


def test_edgetams_other_phases_have_the_published_hyperparameters():
    image, *longer = (load_settings(FOLDER / f'{name}.yaml') for name in EDGETAM)
    schedule, (stage,) = image.schedule, image.schedule.stages
    assert (schedule.steps, schedule.learning_rate, schedule.warmup) == (175_000, 4e-4, 1000)
    assert (schedule.timescale, schedule.cooldown) == (1000, 5000)
    assert stage.clips * schedule.accumulate == 128 and (stage.frames, stage.objects) == (1, 64)
    assert (image.prompts.points, image.prompts.clicks, image.data.masks.most) == (1.0, 7, 64)
    assert image.data.augmentation == replace(UNCHANGED, mirror=0.5)
    for config, frames in zip(longer, (16, 32), strict=True):
        schedule, (stage,) = config.schedule, config.schedule.stages
        assert schedule.steps == 130_000 // 3 and stage.frames == frames
        assert stage.clips * schedule.accumulate == 256
        assert config.teacher == '' and [each.part for each in config.trained] == ['memory']
        assert config.prompts.points == 0.5 and config.prompts.clicks == 7


@pytest.mark.parametrize('name', EDGETAM)
@pytest.mark.parametrize('student', ['es_ev_m', 'es_tv_s'])
def test_a_dry_run_of_edgetams_other_phases(name, student, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = ['--config', str(FOLDER / f'{name}.yaml'), '--dry-run', f'student.name={student}']
    assert main([*words, 'data.sav=nowhere', 'data.sa1b=pictures']) == 0
    told = capsys.readouterr().out
    assert "base, weights with SAM 3's tracker" in told
    # Pictures are not asked for videos, nor videos for pictures.
    missing = told.split('are not there:')[1]
    assert ('pictures' in missing, 'nowhere' in missing) == (
        (True, False) if name == 'edgetam_image' else (False, True)
    )
    seen = {
        'edgetam_image': '22,400,000',
        'edgetam_16': '177,491,968',
        'edgetam_32': '354,983,936',
    }
    assert seen[name] in told


def test_a_dry_run_counts_pictures_among_videos(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = ['--config', str(FOLDER / 'es_ev_m.yaml'), '--dry-run', *NOWHERE]
    assert main([*words, 'data.sa1b=pictures', 'data.picture_share=0.1']) == 0
    told = capsys.readouterr().out
    # A tenth of the clips has one frame.
    assert f'{9 * 222_208_000 // 10 + 33_280_000 // 10:,}' in told
    assert 'pictures' in told.split('are not there:')[1]


def test_what_contradicts_itself_is_refused(tmp_path):
    path = tmp_path / 'c.yaml'
    for entry, message in (
        ('student: {neck: lean}', 'only the neck sam3'),
        ('student: {}\ntrained: []', 'Nothing is trained'),
        ('student: {}\nschedule: {stages: []}', 'A run needs a stage'),
        ('student: {}\nschedule: {teacher_forcing: 2}', 'are shares'),
        ('student: {}\nprompts: {points: 2}', 'are probabilities'),
        ('student: {}\nschedule: {stages: [{frames: 1, clips: 1, objects: 1, until: 1}]}', 'sa1b'),
        ('student: {}\nschedule: {timescale: -1}', 'give 0 or more'),
        ('student: {}\ndata: {picture_share: 1}', 'a share below 1'),
        ('student: {}\ndata: {sa1b: x, picture_share: 0.1}', 'prompts.points'),
    ):
        path.write_text(entry)
        with pytest.raises(ConfigError, match=message):
            load_settings(path)
