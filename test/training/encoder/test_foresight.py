"""Settings of all nine students: they are read, and a dry run needs neither teacher nor data."""

from __future__ import annotations

import pytest

from efficientsam3_ros.model.registry import STUDENTS
from training.encoder.config import EncoderRunConfig
from training.settings.config import EXAMPLES
from training.settings.reading import ConfigError
from training.stage1 import main

FOLDER = EXAMPLES / 'stage1'
NOWHERE = ('teacher=nowhere', 'data.sa1b=nowhere', 'data.phrases=nowhere')


def test_there_is_a_file_for_each_student():
    names = {path.stem for path in FOLDER.glob('es_*.yaml')}
    assert names == set(STUDENTS)
    for name in names:
        config = EncoderRunConfig.load(FOLDER / f'{name}.yaml')
        assert config.student.name == name and config.name == f'{name}_stage1'
        a_step = config.data.pictures * config.schedule.accumulate
        assert config.schedule.learning_rate == pytest.approx(1e-3 * a_step / 512)


@pytest.mark.parametrize('name', ['text_s0', *STUDENTS])
def test_a_dry_run_counts_without_teacher_and_data(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(['--config', str(FOLDER / f'{name}.yaml'), '--dry-run', *NOWHERE]) == 0
    told = capsys.readouterr().out
    assert 'all that learns' in told and 'Counted, not measured' in told
    assert not list(tmp_path.iterdir())
    if name == 'es_ev_m':
        # Trunk 4.64 and head 9.70 million are trained; the teacher's three levels are not.
        assert '14,346,336' in told and '6,949,632' in told


def test_what_contradicts_itself_is_refused(tmp_path):
    path = tmp_path / 'c.yaml'
    path.write_text('student: {neck: lean}\n')
    with pytest.raises(ConfigError, match='lean neck has no map'):
        EncoderRunConfig.load(path)
    for entry, message in (
        ('parts: [audio]', 'give \\[image\\]'),
        ('student: {name: es_xx_m}', 'known are es_rv_s'),
        ('student: {context: 20}', 'known are 16, 32'),
        ('features: {teacher_levels: [0, 1]}', 'three numbers'),
        ('features: {trunk: false, teacher_levels: [-1, -1, -1]}', 'Nothing of the image'),
    ):
        path.write_text(entry)
        with pytest.raises(ConfigError, match=message):
            EncoderRunConfig.load(path)
