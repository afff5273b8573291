"""Settings of all nine students: they are read, and a dry run needs neither teacher nor data."""

from __future__ import annotations

import pytest

from efficientsam3_ros.model.registry import STUDENTS
from training.concept.config import ConceptRunConfig
from training.losses.one_to_many import OneToMany
from training.settings.config import EXAMPLES
from training.settings.reading import ConfigError
from training.stage3 import main

FOLDER = EXAMPLES / 'stage3'
NOWHERE = ('teacher=nowhere', 'data.saco=nowhere', 'data.veval=nowhere')


def test_there_is_a_file_for_each_student_with_the_published_rates():
    assert {path.stem for path in FOLDER.glob('*.yaml')} == set(STUDENTS)
    for name in STUDENTS:
        config = ConceptRunConfig.load(FOLDER / f'{name}.yaml')
        assert config.student.name == name and config.name == f'{name}_stage3'
        rates = {each.part: each.rate * config.schedule.learning_rate for each in config.trained}
        assert rates['image_encoder'] == pytest.approx(2.5e-5)
        assert rates['text_encoder'] == pytest.approx(5e-6)
        assert rates['detector'] == pytest.approx(8e-5)
        seen = config.schedule.steps * config.schedule.accumulate * config.data.pictures
        assert seen == 20 * 25_800
        assert config.schedule.layer_decay == 0.9
        assert config.one_to_many == OneToMany(top=4, alpha=0.3, threshold=0.4)
        loss = config.loss
        assert (loss.many_box, loss.many_score) == (2 * loss.box, 2 * loss.score)


@pytest.mark.parametrize('name', STUDENTS)
def test_a_dry_run_counts_without_teacher_and_data(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(['--config', str(FOLDER / f'{name}.yaml'), '--dry-run', *NOWHERE]) == 0
    told = capsys.readouterr().out
    assert 'all that learns' in told and 'Counted, not measured' in told
    assert not list(tmp_path.iterdir())
    # A quarter of the batches is of clips of four frames.
    assert '387,000' in told and '129,000' in told


def test_what_contradicts_itself_is_refused(tmp_path):
    path = tmp_path / 'c.yaml'
    for entry, message in (
        ('teacher: ""', 'give both or neither'),
        (
            'teacher: ""\nloss: {teacher_score: 0, teacher_presence: 0}\ndata: {unlabeled: x}',
            'the teacher alone',
        ),
        ('loss: {teacher_score: 0, teacher_presence: 0}', 'give both or neither'),
        ('trained: []', 'Nothing is trained'),
        ('trained: [{part: detector}, {part: detector.scoring}]', 'it is part of detector'),
        ('data: {negatives: 1.5}', 'are shares'),
        ('data: {exemplars: -0.5}', 'are shares'),
        ('data: {counter_exemplars: 2}', 'are shares'),
        ('data: {exemplar_boxes: 0}', '1 or more'),
        ('data: {augmentation: {share: 2}}', 'are shares'),
        ('data: {augmentation: {framing: {least: 0}}}', 'above 0'),
        ('schedule: {layer_decay: 0}', 'above 0'),
        ('one_to_many: {top: 0}', '1 or more'),
        ('data: {frames: 1}', '2 or more'),
    ):
        path.write_text(entry)
        with pytest.raises(ConfigError, match=message):
            ConceptRunConfig.load(path)
