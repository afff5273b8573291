"""Options of ``efficientsam3 track`` reach the tracker, or are refused by name."""

import pytest
from track_command import lines, track

from efficientsam3_ros.cli import track as command
from efficientsam3_ros.cli.main import main

pytestmark = pytest.mark.usefixtures('engine')


@pytest.fixture
def configs(monkeypatch):
    """Return the settings that trackers were made with."""
    real, seen = command.ConceptTracker, []

    def tracker(engine, config):
        seen.append(config)
        return real(engine, config)

    monkeypatch.setattr(command, 'ConceptTracker', tracker)
    return seen


@pytest.mark.parametrize('count', ['0', '-1'])
def test_less_than_one_frame_is_refused_by_name(bag, tmp_path, capsys, count):
    assert track(bag, tmp_path / 'out', '--max-frames', count) == 2
    assert '--max-frames' in capsys.readouterr().err


def test_unknown_words_are_warned_of(bag, tmp_path, capsys):
    arguments = ['--prompts', 'red zebra', '--out', str(tmp_path / 'out'), '--no-video']
    assert main(['track', str(bag), *arguments]) == 0
    assert 'never seen "zebra" of "red zebra"' in capsys.readouterr().err


def test_tracker_settings_reach_the_tracker_and_are_checked(bag, tmp_path, capsys):
    assert track(bag, tmp_path / 'out', '--min-area-px', '110', '--no-video') == 0
    assert {i['concept'] for row in lines(tmp_path / 'out') for i in row['instances']} == {
        'red mug'
    }
    assert track(bag, tmp_path / 'other', '--detect-every', '0') == 2
    assert 'detect_every lies in 1..100' in capsys.readouterr().err


@pytest.mark.parametrize(
    ('words', 'memory'),
    [([], True), (['--memory'], True), (['--no-memory'], False), (['--memory=false'], False)],
)
def test_the_memory_is_off_when_it_is_turned_off(bag, tmp_path, configs, words, memory):
    assert track(bag, tmp_path / 'out', '--no-video', *words) == 0
    assert [config.memory for config in configs] == [memory]


@pytest.mark.parametrize('order', [1, -1])
@pytest.mark.parametrize(('value', 'memory'), [('false', False), ('True', True)])
def test_a_word_after_a_flag_is_its_value(bag, tmp_path, configs, order, value, memory):
    words = [['--prompts', 'red mug', '--out', str(tmp_path / 'out')], ['--memory', value]]
    words = [word for pair in words[::order] for word in pair]
    assert main(['track', *words[:2], str(bag), *words[2:], '--no-video']) == 0
    assert [config.memory for config in configs] == [memory]


def test_settings_come_from_a_file_and_options_come_before_it(bag, tmp_path, configs, capsys):
    file = tmp_path / 'tracker.yaml'
    file.write_text('tracking:\n  memory: false\n  detect_every: 3\n  min_area_px: 110\n')
    words = ['--no-video', '--params', str(file), '--detect-every', '2']
    assert track(bag, tmp_path / 'out', *words) == 0
    (config,) = configs
    assert (config.memory, config.detect_every, config.min_area_px) == (False, 2, 110)
    assert config.confirm_hits == 3
    assert track(bag, tmp_path / 'other', '--params', str(tmp_path / 'none.yaml')) == 2
    assert 'none.yaml cannot be read' in capsys.readouterr().err
