"""SIGTERM ends the process cleanly, whatever the state of the node in it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from lifecycle_msgs.msg import Transition  # noqa: E402
from lifecycle_msgs.srv import ChangeState, GetState  # noqa: E402
from rclpy.context import Context  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402

pytestmark = pytest.mark.dds

CONFIGURE, ACTIVATE = Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_ACTIVATE
WAYS = {
    'unconfigured': (),
    'inactive': (CONFIGURE,),
    'active': (CONFIGURE, ACTIVATE),
    'finalized': (Transition.TRANSITION_UNCONFIGURED_SHUTDOWN,),
}
PROGRAM = """
import sys
from efficientsam3_ros.nodes.objects.objects_node import main
sys.exit(main())
"""


@pytest.fixture
def process():
    # A name of its own: nodes of earlier tests may be seen for longer than they live.
    given = ['-r', '__node:=ended', '-p', 'autostart:=false']
    process = subprocess.Popen(
        [sys.executable, '-c', PROGRAM, '--ros-args', *given], stderr=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.wait(60)


class Manager:
    """Walks the node through its states."""

    def __init__(self, process):
        self.process, self.context = process, Context()
        rclpy.init(context=self.context)
        self.node = Node('manager', context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)

    def close(self):
        self.executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self.context)

    def call(self, kind, name, request):
        client = self.node.create_client(kind, f'/ended/{name}')
        end = time.monotonic() + 60
        while not client.service_is_ready():
            assert time.monotonic() < end and self.process.poll() is None, 'it does not start'
            time.sleep(0.05)
        future = client.call_async(request)
        self.executor.spin_until_future_complete(future, timeout_sec=60)
        return future.result()


@pytest.mark.parametrize('state', WAYS)
def test_it_ends_with_0_and_without_an_error(process, state):
    manager = Manager(process)
    try:
        for transition in WAYS[state]:
            request = ChangeState.Request(transition=Transition(id=transition))
            assert manager.call(ChangeState, 'change_state', request).success
        answer = manager.call(GetState, 'get_state', GetState.Request())
        assert answer.current_state.label == state
    finally:
        manager.close()
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 0
    assert not [word for word in ('Traceback', '[ERROR]', 'error:', 'Warning') if word in told]
