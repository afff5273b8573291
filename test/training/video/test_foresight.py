"""Settings of all nine students: they are read, and a dry run needs neither teacher nor data."""

from __future__ import annotations

import pytest

from efficientsam3_ros.model.registry import STUDENTS
from training.config import EXAMPLES, ConfigError
from training.stage2 import load_settings, main
from training.video.config import VideoRunConfig

FOLDER = EXAMPLES / 'stage2'
NOWHERE = ('teacher=nowhere', 'data.sav=nowhere')


def test_there_is_a_file_for_each_student_with_the_published_hyperparameters():
    assert {path.stem for path in FOLDER.glob('*.yaml')} == set(STUDENTS)
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


@pytest.mark.parametrize('name', STUDENTS)
def test_a_dry_run_counts_without_teacher_and_data(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(['--config', str(FOLDER / f'{name}.yaml'), '--dry-run', *NOWHERE]) == 0
    told = capsys.readouterr().out
    assert 'all that learns' in told and 'Counted, not measured' in told
    assert not list(tmp_path.iterdir())
    # 130,000 steps of 256 clips, a third of them of four frames.
    assert '33,280,000' in told and '222,208,000' in told


def test_what_contradicts_itself_is_refused(tmp_path):
    path = tmp_path / 'c.yaml'
    for entry, message in (
        ('student: {neck: lean}', 'only the neck sam3'),
        ('student: {}\ntrained: []', 'Nothing is trained'),
        ('student: {}\nschedule: {stages: []}', 'A run needs a stage'),
        ('student: {}\nschedule: {teacher_forcing: 2}', 'are shares'),
    ):
        path.write_text(entry)
        with pytest.raises(ConfigError, match=message):
            load_settings(path)
