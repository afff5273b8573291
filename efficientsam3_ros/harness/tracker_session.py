"""The tracker node as a process of its own, and a listener in this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
import time
from typing import TypeVar

from efficientsam3_ros.harness.node_process import NodeProcess
from efficientsam3_ros.harness.recorder import LiveListener, Recording
from efficientsam3_ros.harness.ros_environment import isolated_environment, require_ros

_STEP_S = 0.25
_TRACKER_START_S = 120.0

SelfT = TypeVar('SelfT', bound='TrackerSession')


class SessionError(RuntimeError):
    """The nodes do not work together; the message says which one, and where its log is."""


class TrackerSession:
    """Starts the tracker and stops it again, whatever happens; a context manager.

    Args:
        tracker: Parameters of the tracker.
        remappings: Its remapping rules.
        folder: Gets the nodes' logs and parameter files.
        images: Record the images too.
        results: Keep whole results and truth, not only their times.

    Raises:
        RosMissingError: If ROS 2 is not installed.
    """

    def __init__(
        self,
        tracker: Mapping[str, object],
        remappings: Sequence[str],
        folder: Path,
        images: bool = False,
        results: bool = True,
    ) -> None:
        require_ros()
        self._tracker_setup = (dict(tracker), list(remappings))
        self._folder = folder
        self._options = (images, results)
        self._children: list[NodeProcess] = []

    def __enter__(self: SelfT) -> SelfT:
        self._env = isolated_environment()
        self.listener = LiveListener(self._env, *self._options)
        try:
            self.tracker = self.start('tracker_node', *self._tracker_setup)
            self._start_others()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            self.listener.__exit__()

    @property
    def recording(self) -> Recording:
        """What was heard so far."""
        return self.listener.recording

    def start(
        self,
        module: str,
        parameters: Mapping[str, object],
        rules: Sequence[str],
        ends: bool = False,
    ) -> NodeProcess:
        """Start another of our nodes, which is stopped with the session.

        Args:
            module: Module of the node.
            parameters: ROS parameters.
            rules: Remapping rules.
            ends: Whether it ends by itself when its work is done.
        """
        child = NodeProcess(module, parameters, rules, self._folder, self._env, ends)
        self._children.append(child)
        return child

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
            self.listener.spin(min(_STEP_S, left))

    def stop(self) -> None:
        """Stop all nodes, the youngest first."""
        while self._children:
            self._children.pop().stop()

    def _start_others(self) -> None:
        """Start what belongs to the tracker from the beginning."""

    def _tracker_is_ready(self) -> bool:
        if self.recording.failing:
            raise SessionError(f'The tracker cannot start: {self.recording.condition}')
        return bool(self.recording.counters) and self.recording.condition != 'Not active.'
