"""Our nodes as processes of their own, and a probe that walks one through its life cycle."""

from __future__ import annotations

from collections.abc import Callable
import signal
import subprocess
import sys
import time
from typing import Any

from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState, GetState
import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.task import Future
from rooms import PATHS

# Passed by a fault only: a machine under load may keep us waiting for long.
TIMEOUT_S = 120.0
_ANSWER_S = 5.0
_NOISE = ('Traceback', '[ERROR]', 'error:', 'Warning')
_NOT_OURS = 'client will not receive response'
"""Said by rclpy where a node was asked by a client that it did not know yet."""

CONFIGURE, ACTIVATE = Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_ACTIVATE
DEACTIVATE = Transition.TRANSITION_DEACTIVATE
WAYS = {
    'unconfigured': (),
    'inactive': (CONFIGURE,),
    'active': (CONFIGURE, ACTIVATE),
    'finalized': (Transition.TRANSITION_UNCONFIGURED_SHUTDOWN,),
}
"""State to the transitions that lead there."""

_PATHS = f"""
import sys
sys.path[:0] = {PATHS!r}
"""
TRACKER = f"""{_PATHS}
from scripted_engine import ColorEngine
from efficientsam3_ros.nodes.tracker.tracker_node import main
sys.exit(main(engine_loader=lambda *_: ColorEngine()))
"""
OBJECTS = f"""{_PATHS}
from efficientsam3_ros.nodes.objects.objects_node import main
sys.exit(main())
"""


def noise(told: str) -> list[str]:
    """Return the lines that a node that ends cleanly does not say.

    Args:
        told: What it said.
    """
    lines = [line for line in told.splitlines() if _NOT_OURS not in line]
    return [line for line in lines if any(word in line for word in _NOISE)]


def command(program: str, name: str, *rules: str) -> list[str]:
    """Return the command line of a node that waits for its transitions.

    Args:
        program: ``TRACKER`` or ``OBJECTS``.
        name: Of the node; one of its own, as nodes of earlier tests may be seen for longer than
            they live.
        rules: Remappings ``from:=to``.
    """
    remappings = [word for rule in (f'__node:={name}', *rules) for word in ('-r', rule)]
    return [
        *(sys.executable, '-c', program),
        *('--ros-args', *remappings, '-p', 'autostart:=false'),
    ]


class Probe:
    """Calls the services of one node, and spins.

    Args:
        name: Of the node.
        alive: Tells whether its process runs.
    """

    def __init__(self, name: str, alive: Callable[[], bool]) -> None:
        self._name, self._alive = name, alive
        self.context = Context()
        rclpy.init(context=self.context)
        self.node = Node('probe', context=self.context)
        self._executor = SingleThreadedExecutor(context=self.context)
        self._executor.add_node(self.node)

    def __enter__(self) -> Probe:
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self.context)

    def spin_until(self, done: Callable[[], Any], what: str) -> None:
        """Serve callbacks until something is true; fail with its description otherwise."""
        end = time.monotonic() + TIMEOUT_S
        while not done():
            assert time.monotonic() < end, f'timed out waiting for {what}'
            assert self._alive(), f'the process ended before {what}'
            self.spin()

    def spin(self) -> None:
        """Serve one callback, or wait a moment."""
        self._executor.spin_once(timeout_sec=0.02)

    def call(self, kind: Any, service: str, request: Any) -> Any:
        """Call a service of the node and return its answer.

        A node may find a client later than the client finds its service, and what it answers
        until then is lost. So it is asked again until an answer comes: the request must be one
        that may be served twice.
        """
        client = self.node.create_client(kind, f'/{self._name}/{service}')
        self.spin_until(client.service_is_ready, service)
        asked: list[tuple[float, Future]] = []

        def answered() -> bool:
            if not asked or time.monotonic() > asked[-1][0] + _ANSWER_S:
                asked.append((time.monotonic(), client.call_async(request)))
            return any(future.done() for _, future in asked)

        self.spin_until(answered, f'the answer of {service}')
        self.node.destroy_client(client)
        return next(future.result() for _, future in asked if future.done())

    def change(self, *transitions: int) -> None:
        """Run transitions, all of which must succeed."""
        client = self.node.create_client(ChangeState, f'/{self._name}/change_state')
        # No transition can be asked for twice. A node learns of clients in the order in which
        # they are made: one that has answered a later client knows this one.
        self.state()
        self.spin_until(client.service_is_ready, 'change_state')
        for transition in transitions:
            request = ChangeState.Request(transition=Transition(id=transition))
            future = client.call_async(request)
            self.spin_until(future.done, f'the answer of change_state, {transition}')
            assert future.result().success, transition
        self.node.destroy_client(client)

    def state(self) -> str:
        """Return the state of the node."""
        return str(self.call(GetState, 'get_state', GetState.Request()).current_state.label)


class NodeProcess:
    """A node as a process, which never outlives the ``with`` block.

    Args:
        words: As of :func:`command`.
    """

    def __init__(self, words: list[str]) -> None:
        self.process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)

    def __enter__(self) -> NodeProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(60)

    def alive(self) -> bool:
        """Tell whether it runs."""
        return self.process.poll() is None

    def terminate(self, meanwhile: Callable[[], object] = lambda: time.sleep(0.02)) -> str:
        """Send SIGTERM, wait for exit code 0, and return what was said on stderr.

        Args:
            meanwhile: Called again and again until the process has ended.
        """
        self.process.send_signal(signal.SIGTERM)
        end = time.monotonic() + TIMEOUT_S
        while self.alive():
            assert time.monotonic() < end, 'SIGTERM does not end it'
            meanwhile()
        _, told = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, told
        return told
