"""Images that arrive: the table, and a short run with the environment of the launch file."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
import json
from pathlib import Path
import sys
from types import ModuleType

import pytest

from efficientsam3_ros.cli.benchmarks.arrival import arrival_table, parsed
from efficientsam3_ros.cli.main import main
from efficientsam3_ros.cli.support.options import OptionError
from efficientsam3_ros.harness.arrival import Arrival, Stream
from efficientsam3_ros.harness.ros_environment import isolated_environment

LAUNCH = Path(__file__).resolve().parents[3] / 'launch' / 'tracker.launch.py'


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


def test_the_table_shows_the_median_run_with_its_books():
    runs = [Arrival(100, 3.3, got, lost) for got, lost in ((50, 50), (98, 1), (100, 0))]
    text = arrival_table({Stream(640, 480, 30.0, 'best_effort'): runs})
    assert text.splitlines()[-1] == (
        '| 640x480 at 30 Hz | best effort | 100 | 98 | 1 | 1 | 98.0% |'
    )


class Recorded:
    """Stands for any class of launch: keeps what it was made with."""

    def __init__(self, *args, **_):
        self.args = args


def launch_environment(monkeypatch):
    """Return the variables that the tracker's launch file sets, read from it without launch."""
    for name in ('launch', 'launch.actions', 'launch.substitutions', 'launch_ros'):
        module = ModuleType(name)
        module.__path__ = []
        module.__getattr__ = lambda name: Recorded
        monkeypatch.setitem(sys.modules, name, module)
    for name in ('launch_ros.actions', 'launch_ros.substitutions'):
        monkeypatch.setitem(sys.modules, name, sys.modules['launch'])

    class Configuration:
        def __init__(self, name):
            self.name = name

        def perform(self, context):
            return context[self.name]

    sys.modules['launch.substitutions'].LaunchConfiguration = Configuration
    spec = spec_from_file_location('tracker_launch', LAUNCH)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(action.args for action in module.set_profile({'fastdds_profile': 'true'}))


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
