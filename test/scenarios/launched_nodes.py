"""The scenarios with processes that launch starts; ``launch_test <this file>`` runs them."""

from __future__ import annotations

import os
from pathlib import Path
import signal
import sys
import unittest

from launch import LaunchDescription
from launch.actions import ExecuteProcess
import launch_testing
from launch_testing.actions import ReadyToTest
import launch_testing.asserts

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'support/session'))

from rooms import enter

enter()

from node_process import TIMEOUT_S, Probe, command, noise  # noqa: E402
from node_scenarios import SCENARIOS  # noqa: E402


@launch_testing.parametrize('scenario', list(SCENARIOS))
def generate_test_description(scenario):
    given = SCENARIOS[scenario]
    node = ExecuteProcess(cmd=command(given.program, given.node), name=scenario, output='screen')
    # launch would end with the node, before the test could look at its exit code.
    alive = ExecuteProcess(cmd=['sleep', '3600'])
    description = LaunchDescription([node, alive, ReadyToTest()])
    return description, {'node': node}


class TestNode(unittest.TestCase):
    """While the node runs."""

    def test_it_does_what_it_is_to_do_until_sigterm(self, scenario, node, proc_info):
        given = SCENARIOS[scenario]
        with Probe(given.node, lambda: node.return_code is None) as probe:
            given.play(probe)
        os.kill(node.process_details['pid'], signal.SIGTERM)
        proc_info.assertWaitForShutdown(process=node, timeout=TIMEOUT_S)


@launch_testing.post_shutdown_test()
class TestEnd(unittest.TestCase):
    """After it has ended."""

    def test_it_ended_with_0_and_without_an_error(self, node, proc_info, proc_output):
        launch_testing.asserts.assertExitCodes(proc_info, process=node)
        told = ''.join(output.text.decode() for output in proc_output[node])
        self.assertFalse(noise(told), told)
