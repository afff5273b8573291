"""The nodes as processes, from start to SIGTERM: by rclpy, and by launch_testing where it is."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
import subprocess
import sys

import pytest

pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from launch_stand_in import load_launch_test
from node_process import NodeProcess, Probe, command, noise
from node_scenarios import SCENARIOS

pytestmark = pytest.mark.dds

LAUNCHED = Path(__file__).with_name('launched_nodes.py')
needs_launch_testing = pytest.mark.skipif(
    find_spec('launch_testing') is None, reason='needs launch_testing, which has no wheel'
)


@pytest.mark.parametrize('scenario', SCENARIOS)
def test_from_start_to_sigterm(scenario):
    given = SCENARIOS[scenario]
    with NodeProcess(command(given.program, given.node)) as node:
        with Probe(given.node, node.alive) as probe:
            given.play(probe)
        told = node.terminate()
    assert not noise(told), told


@needs_launch_testing
def test_the_same_by_launch_testing():
    words = [sys.executable, '-m', 'launch_testing.launch_test', str(LAUNCHED)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_launch_testing_is_given(monkeypatch):
    module = load_launch_test(LAUNCHED, monkeypatch)
    for name, given in SCENARIOS.items():
        description, context = module.generate_test_description(name)
        node = context['node']
        assert node.kwargs['cmd'] == command(given.program, given.node)
        (actions,) = description.args
        assert node in actions and len(actions) == 3
