"""Nodes as processes of their own, and a listener in this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
import time
from typing import Any

from efficientsam3_ros.harness.live_figures import LiveFigures
from efficientsam3_ros.harness.node_process import NodeProcess
from efficientsam3_ros.harness.recorder import IMAGE, LiveListener, Recording
from efficientsam3_ros.harness.ros_environment import isolated_environment, require_ros
from efficientsam3_ros.nodes.cameras.simulation_source import CameraSettings
from efficientsam3_ros.nodes.support.fastdds_profile import VARIABLES
from efficientsam3_ros.nodes.tracker.settings import NodeSettings

_STEP_S = 0.25
_TRACKER_START_S = 120.0
_CAMERA_START_S = 60.0
_LONGEST_FILM_S = 60.0
# A software renderer on a busy machine draws a few images a second.
_RENDER_S_PER_FRAME = 1.0


class SessionError(RuntimeError):
    """The nodes do not work together; the message says which one, and where its log is."""


class TrackerSession(ExitStack):
    """Our nodes, which are stopped again whatever happens, all at once; a context manager.

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
        self._images, self._results = images, results

    def __exit__(self, *error: Any) -> bool | None:
        """Ask all nodes to stop, then wait for each."""
        for child in self._children:
            child.ask_to_stop()
        return super().__exit__(*error)

    @cached_property
    def _listener(self) -> LiveListener:
        """Made when it is first needed: the nodes start meanwhile."""
        listener = self._make_listener(self._env)
        self.callback(listener.close)
        return listener

    def _make_listener(self, env: Mapping[str, str]) -> LiveListener:
        return LiveListener(env, self._images, self._results)

    @property
    def recording(self) -> Recording:
        """What was heard so far."""
        return self._listener.recording

    def start(
        self,
        executable: str,
        parameters: Mapping[str, object],
        *rules: str,
        ends: bool = False,
        profile: bool = True,
    ) -> NodeProcess:
        """Start one of our nodes, which is stopped with the session.

        Args:
            executable: Name of the node.
            parameters: ROS parameters.
            rules: Remapping rules.
            ends: Whether it ends by itself when its work is done.
            profile: Whether it shall have the Fast DDS profile for images.
        """
        env = {n: v for n, v in self._env.items() if profile or n not in VARIABLES}
        child = NodeProcess(executable, parameters, rules, self._folder, env, ends)
        self._children.append(child)
        self.callback(child.stop)
        return child

    def start_tracker(self, parameters: Mapping[str, object]) -> None:
        """Start the tracker on the camera's images."""
        self.tracker = self.start('tracker_node', parameters, f'image:={IMAGE}')

    def replace_tracker(self, parameters: Mapping[str, object]) -> None:
        """Stop the tracker, forget what was heard, and start another one."""
        self.tracker.stop()
        self._children.remove(self.tracker)
        self.forget()
        self.start_tracker(parameters)

    def forget(self) -> None:
        """Begin a new recording."""
        self._listener.recording = Recording()

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


class RosSession(TrackerSession):
    """A session of tracker and simulated camera.

    Args:
        tracker: Parameters of the tracker.
        camera: Which film; it is rendered before it is shown, so that its rate is steady, and
            begins anew where it is too long for that.
        folder: Gets the nodes' logs and parameter files.
        images: Record the images too.
        results: Keep whole results and truth, not only their times.

    Raises:
        RosMissingError: If ROS 2 is not installed.
    """

    def __init__(
        self,
        tracker: NodeSettings,
        camera: CameraSettings,
        folder: Path,
        images: bool,
        results: bool,
    ) -> None:
        super().__init__(folder, images, results)
        self._tracker = tracker
        rendered = min(camera.seconds, _LONGEST_FILM_S)
        loop = camera.loop or rendered < camera.seconds
        self._camera = replace(camera, prerender_seconds=rendered, loop=loop, depth=False)

    def start_both(self) -> None:
        """Start tracker and camera."""
        self.start_tracker(asdict(self._tracker))
        self.camera = self.start('simulated_camera', asdict(self._camera), '__ns:=/camera')

    def wait_until_running(self) -> None:
        """Wait for the tracker to be ready and the camera to show its first image.

        Raises:
            ChildError: If a node ends.
            SessionError: If it takes too long.
        """
        self.wait_until_ready()
        frames = self._camera.rate * self._camera.prerender_seconds
        self.wait(
            lambda: bool(self.recording.offered),
            _CAMERA_START_S + frames * _RENDER_S_PER_FRAME,
            'The camera shows nothing',
        )

    def listen(self, seconds: float) -> None:
        """Record for a while.

        Raises:
            ChildError: If a node ends.
        """
        self.wait(lambda: False, seconds)

    def listen_to_end(self, seconds: float) -> None:
        """Record until the film has ended and the tracker has reported what became of all of it.

        Args:
            seconds: How long at most.

        Raises:
            ChildError: If a node ends.
        """
        self.wait(self._is_over, seconds)

    def _is_over(self) -> bool:
        frames = round(self._camera.rate * self._camera.prerender_seconds)
        if self._camera.loop or len(self.recording.offered) < frames:
            return False
        live = LiveFigures.of(self.recording)
        all_heard = len(self.recording.results) >= live.processed
        return live.received >= live.offered and not live.under_way and all_heard
