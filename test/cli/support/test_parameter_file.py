"""Parameter files mean here what they mean to ROS 2, or are refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from efficientsam3_ros.cli.support.options import OptionError
from efficientsam3_ros.cli.support.tracker_options import TrackerOptions
from efficientsam3_ros.tracking import TrackerConfig


def config(tmp_path: Path, text: str) -> TrackerConfig:
    file = tmp_path / 'mine.yaml'
    file.write_bytes(text.encode())
    return TrackerOptions(params=file).config()


@pytest.mark.parametrize(
    ('text', 'value'),
    [
        ('keep_ratio: 1e-1', 0.1),
        ('keep_ratio: 2E-1', 0.2),
        ('keep_ratio: +.5', 0.5),
        ('keep_ratio: .1e0', 0.1),
        ('keep_ratio: .1e-0', 0.1),
        ('keep_ratio: 1', 1.0),
        ('tracking.keep_ratio: 0.3', 0.3),
        ('tracking:\n  keep_ratio: 3e-1', 0.3),
        ('\ufeffkeep_ratio: 0.3', 0.3),
        ('"keep_ratio": 0.3', 0.3),
    ],
)
def test_numbers_are_those_of_yaml_1_2(tmp_path, text, value):
    assert config(tmp_path, text).keep_ratio == pytest.approx(value)


NODE = '{}:\n  ros__parameters:\n    tracking:\n      keep_ratio: {}\n'


@pytest.mark.parametrize(
    ('text', 'value'),
    [
        (NODE.format('/**', 0.4), 0.4),
        (NODE.format('anything', 0.4), 0.4),
        (NODE.format('camera', 0.9) + NODE.format('tracker', 0.4), 0.4),
        (NODE.format('/tracker', 0.4) + NODE.format('/**', 0.9), 0.4),
        (NODE.format('/**', 0.4) + 'camera:\n  ros__parameters:\n    exposure: 3\n', 0.4),
        ('/robot:\n  tracker:\n    ros__parameters:\n      tracking.keep_ratio: 0.4\n', 0.4),
        (NODE.format('/robot/tracker', 0.4) + NODE.format('/robot/camera', 0.9), 0.4),
    ],
)
def test_of_several_nodes_the_tracker_counts(tmp_path, text, value):
    assert config(tmp_path, text).keep_ratio == value


BOMB = 'a: &a [x, x]\n' + ''.join(
    f'{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n' for i in range(24)
)


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('tracking: 3', 'tracking is 3; below it stand settings'),
        ('tracking: [a]', 'tracking is '),
        ('tracking:\n  keep_ratio: "0.7"', "keep_ratio is a number, got the text '0.7'"),
        ('keep_ratio: [0.7]', 'keep_ratio is a number'),
        ('keep_ratio: {a: 1}', 'keep_ratio is a number'),
        ('keep_ratio: null', 'keep_ratio is a number'),
        ('keep_ratio: true', 'keep_ratio is neither'),
        ('keep_ratio: .nan', 'keep_ratio lies in'),
        ('keep_ratio: 1e999', 'keep_ratio lies in'),
        ('detect_every: .inf', 'detect_every is a whole number'),
        ('detect_every: 2.5', 'detect_every is a whole number'),
        ('detect_every: 1' + '0' * 5000, 'mine.yaml cannot be read|detect_every lies in'),
        ('memory: 1', 'memory is true or false'),
        ('overlap: [keep]', 'overlap is one of'),
        ('3', 'holds no parameters but 3'),
        ('- a', 'holds no parameters'),
        ('', 'holds no parameters but None'),
        ('a: ]', 'cannot be read as YAML'),
        ('keep_ratio: 0.3\nkeep_ratio: 0.4', 'cannot be read as YAML'),
        ('!!python/object:os.system {}', 'mine.yaml'),
        ('keep_ratio: !!int "x"', 'mine.yaml'),
        ('[' * 5000, 'nested too deeply'),
        ('[' * 400, 'cannot be read as YAML'),
        ('- ' * 5000, 'cannot be read as YAML'),
        ('keep_ratio: \x00', 'cannot be read as YAML'),
        ('# ' + 'x' * 200_000, 'bytes; it is no parameter file'),
        (NODE.format('camera', 0.9) + NODE.format('lidar', 0.4), 'call the one that is meant'),
        ('/**:\n  ros__parameters: 3', 'ros__parameters of'),
        (BOMB + 'keep_ratio: *y', 'which is no parameter'),
        ('3: 4', "sets '3', which is no parameter"),
        ('? [a, b]\n: 3', 'mine.yaml'),
    ],
    ids=lambda value: value[:30],
)
def test_what_is_wrong_is_one_short_sentence(tmp_path, text, message):
    with pytest.raises(ValueError, match=message) as refusal:
        config(tmp_path, text)
    assert len(str(refusal.value)) < 1500
    assert isinstance(refusal.value, OptionError) or 'mine.yaml' not in message


def test_parameter_files_of_the_node_are_read(tmp_path, monkeypatch):
    def config(file, **given):
        return TrackerOptions(params=Path(file), **given).config()

    monkeypatch.chdir(tmp_path)
    shipped = Path(__file__).resolve().parents[3] / 'config' / 'tracker.yaml'
    assert config(shipped).detect_every == 1
    Path('mine.yaml').write_text(
        '/**:\n  ros__parameters:\n    tracking:\n      detect_every: 3\n    threads: 2\n'
    )
    mine = config('mine.yaml', detection_threshold=0.4)
    assert (mine.detect_every, mine.detection_threshold) == (3, 0.4)
    Path('mine.yaml').write_text('detect_evry: 3\n')
    with pytest.raises(ValueError, match='did you mean detect_every'):
        config('mine.yaml')
    Path('mine.yaml').write_text('/**:\n  ros__parameters:\n    tracking.colour_weight: 0.2\n')
    with pytest.raises(ValueError, match=r'In mine\.yaml "colour_weight" is now "color_weight"'):
        config('mine.yaml')
    Path('mine.yaml').write_text('detect_every: often\n')
    with pytest.raises(ValueError, match='detect_every'):
        config('mine.yaml')
