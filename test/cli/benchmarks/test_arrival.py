"""Images that arrive: the table, and a short run with the environment of the launch file."""

from __future__ import annotations

import json

from launch_stand_in import functions_of, load_launch_file
import pytest

from efficientsam3_ros.cli.benchmarks.arrival import arrival_table, parsed
from efficientsam3_ros.cli.main import main
from efficientsam3_ros.cli.support.options import OptionError
from efficientsam3_ros.harness.arrival import Arrival, Stream
from efficientsam3_ros.harness.ros_environment import isolated_environment


def test_every_stream_is_sent_in_both_qualities():
    assert parsed(['640x480@30', '64x48@0.5']) == (
        Stream(640, 480, 30.0, 'best_effort'),
        Stream(640, 480, 30.0, 'reliable'),
        Stream(64, 48, 0.5, 'best_effort'),
        Stream(64, 48, 0.5, 'reliable'),
    )


@pytest.mark.parametrize('text', ['640x480', '640@30', '0x480@30', '640x480@0', 'x@', ''])
def test_another_form_of_a_stream_is_refused(text):
    with pytest.raises(OptionError, match='640x480@30'):
        parsed([text])


def test_a_file_that_is_there_stays(tmp_path, capsys):
    file = tmp_path / 'mine.json'
    file.write_text('mine')
    assert main(['benchmark', 'arrival', '--out', str(file)]) == 2
    assert 'exists already' in capsys.readouterr().err and file.read_text() == 'mine'


def test_the_table_shows_the_median_run_with_its_losses():
    runs = [Arrival(100, 3.3, got, lost) for got, lost in ((50, 50), (98, 1), (100, 0))]
    text = arrival_table({Stream(640, 480, 30.0, 'best_effort'): runs})
    assert text.splitlines()[-1] == (
        '| 640x480 at 30 Hz | best effort | 100 | 98 | 1 | 1 | 98.0% |'
    )


def launch_environment(monkeypatch):
    """Return the variables that the tracker's launch file sets, read from it without launch."""
    module = load_launch_file('tracker.launch.py', monkeypatch)
    set_profile, _ = functions_of(module)
    return dict(action.args for action in set_profile({'fastdds_profile': 'true'}))


def test_the_benchmark_runs_in_the_environment_of_the_launch_file(monkeypatch):
    pytest.importorskip('yaml', reason='needs PyYAML')
    for name in ('FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE'):
        monkeypatch.delenv(name, raising=False)
    ours = isolated_environment()
    wanted = launch_environment(monkeypatch)
    assert {name: ours.get(name) for name in wanted} == wanted


@pytest.mark.slow
@pytest.mark.dds
def test_images_arrive_beside_other_work(tmp_path, capsys):
    pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
    out = tmp_path / 'arrival.json'
    words = ['benchmark', 'arrival', '--seconds', '5', '--repeats', '1', '--out', str(out)]
    assert main(words) == 0
    streams = json.loads(out.read_text())['streams']
    assert len(streams) == 6
    for stream in streams:
        (run,) = stream['runs']
        assert run['received'] >= 0.95 * run['sent'], stream
        assert run['received'] + run['lost'] == run['sent'], stream
    assert capsys.readouterr().out.count('\n| ') == 8
