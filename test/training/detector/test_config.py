"""Settings of a supervised run: wrong ones are named, any may be replaced."""

from __future__ import annotations

import pytest

from training.detector.config import ScheduleConfig, SupervisedConfig
from training.settings.reading import ConfigError


@pytest.mark.parametrize(
    'text, message',
    [
        ('stepz: 3', "stepz: Key 'stepz' not in 'SupervisedConfig'; known are .*seed"),
        ('schedule: {stepz: 3}', "schedule.stepz: .* Did you mean: 'steps'"),
        ('student: {width: 30}', 'Width 30'),
        ('student: {query_selection: none}', "student.query_selection: .*'none'.* one of"),
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
