"""The tracker node as a process of its own, and a listener in this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
import time

from efficientsam3_ros.harness.node_process import NodeProcess
from efficientsam3_ros.harness.recorder import IMAGE, LiveListener, Recording
from efficientsam3_ros.harness.ros_environment import isolated_environment, require_ros

_STEP_S = 0.25
_TRACKER_START_S = 120.0


class SessionError(RuntimeError):
    """The nodes do not work together; the message says which one, and where its log is."""


class TrackerSession(ExitStack):
    """Our nodes, which are stopped again whatever happens, the youngest first; a context manager.

    Args:
        folder: Gets the nodes' logs and parameter files.
        images: Record the images too.
        results: Keep whole results and truth, not only their times.

    Raises:
        RosMissingError: If ROS 2 is not installed.
    """

    def __init__(self, folder: Path, images: bool = False, results: bool = True) -> None:
        super().__init__()
        require_ros()
        self._folder = folder
        self._children: list[NodeProcess] = []
        self._env = isolated_environment()
        self._listener = LiveListener(self._env, images, results)
        self.callback(self._listener.close)

    @property
    def recording(self) -> Recording:
        """What was heard so far."""
        return self._listener.recording

    def start(
        self, executable: str, parameters: Mapping[str, object], rule: str, ends: bool = False
    ) -> NodeProcess:
        """Start one of our nodes, which is stopped with the session.

        Args:
            executable: Name of the node.
            parameters: ROS parameters.
            rule: Remapping rule.
            ends: Whether it ends by itself when its work is done.
        """
        child = NodeProcess(executable, parameters, rule, self._folder, self._env, ends)
        self._children.append(child)
        self.callback(child.stop)
        return child

    def start_tracker(self, parameters: Mapping[str, object]) -> None:
        """Start the tracker on the camera's images."""
        self.tracker = self.start('tracker_node', parameters, f'image:={IMAGE}')

    def wait_until_ready(self) -> None:
        """Wait for the tracker to have its network.

        Raises:
            ChildError: If it ends.
            SessionError: If it cannot start or takes too long.
        """
        self.wait(self._tracker_is_ready, _TRACKER_START_S, 'The tracker does not start')

    def wait(self, done: Callable[[], bool], seconds: float, failure: str = '') -> None:
        """Take in messages until something is done.

        Args:
            done: Asked again and again.
            seconds: How long to wait at most.
            failure: What to say if it was not done by then; empty if that is all right.

        Raises:
            ChildError: If a node ends by a fault.
            SessionError: If time is up.
        """
        end = time.monotonic() + seconds
        while not done():
            for child in self._children:
                child.check()
            left = end - time.monotonic()
            if left <= 0:
                if failure:
                    raise SessionError(f'{failure}; see the logs in {self._folder}.')
                return
            self._listener.spin(min(_STEP_S, left))

    def _tracker_is_ready(self) -> bool:
        if self.recording.failing:
            raise SessionError(f'The tracker cannot start: {self.recording.condition}')
        return bool(self.recording.counters) and self.recording.condition != 'Not active.'
