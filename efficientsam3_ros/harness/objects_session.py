"""Camera with depth, tracker and objects node, each a process of its own, and a listener here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
import time

from efficientsam3_ros.harness.objects_listener import (
    ObjectsListener,
    OutputRecording,
    installed_outputs,
)
from efficientsam3_ros.harness.recorder import IMAGE, INFO, LiveListener
from efficientsam3_ros.harness.ros_environment import RosMissingError
from efficientsam3_ros.harness.session import TrackerSession
from efficientsam3_ros.nodes.cameras.simulation_source import CameraSettings

DEPTH = '/camera/depth/image_raw'
_LISTENERS = 2
"""Of images: tracker and objects node."""
_START_S = 120.0
# A software renderer on a busy machine draws a few images a second.
_RENDER_S_PER_FRAME = 2.0
_QUIET_S = 2.0
_LONGEST_WAIT_S = 30.0


class ObjectsSession(TrackerSession):
    """Three nodes on one film; a context manager that stops them.

    Args:
        folder: Gets the nodes' logs and parameter files.

    Raises:
        RosMissingError: If ROS 2 or a package of messages is not installed.
    """

    def __init__(self, folder: Path) -> None:
        if not {'detections_3d', 'markers'} & set(installed_outputs()):
            raise RosMissingError(
                'Boxes cannot be heard: neither vision_msgs nor visualization_msgs is installed; '
                'apt install ros-$ROS_DISTRO-vision-msgs, or pip install '
                'ros-jazzy-visualization-msgs.'
            )
        super().__init__(folder)

    def _make_listener(self, env: Mapping[str, str]) -> LiveListener:
        self._heard = ObjectsListener(env)
        return self._heard

    @property
    def outputs(self) -> OutputRecording:
        """What was heard of the objects node."""
        assert isinstance(self._listener, ObjectsListener)
        return self._listener.outputs

    def start_nodes(self, tracker: Mapping[str, object]) -> None:
        """Start tracker and objects node, and wait until both can take images.

        Raises:
            ChildError: If a node ends.
            SessionError: If one does not start.
        """
        self.start_tracker(tracker)
        depth = {'depth_topic': DEPTH}
        self.start('objects_node', depth, f'image:={IMAGE}', f'camera_info:={INFO}')
        self.wait_until_ready()
        self.wait(lambda: self._heard.objects_node, _START_S, 'The objects node does not start')

    def show(self, camera: CameraSettings) -> None:
        """Start the camera; listen until the film has ended and nothing is under way.

        Raises:
            ChildError: If a node ends.
            SessionError: If the camera shows nothing.
        """
        # Else the first images of a short film are over before the nodes have found the camera.
        shown = replace(camera, listeners=_LISTENERS)
        self.start('simulated_camera', asdict(shown), '__ns:=/camera')
        frames = (camera.shown_seconds or camera.seconds) * camera.rate
        patience = _START_S + frames * _RENDER_S_PER_FRAME
        recording = self.recording
        self.wait(lambda: bool(recording.offered), patience, 'The camera shows nothing')
        self.wait(lambda: False, frames / camera.rate)
        self.wait(self._is_quiet(), _LONGEST_WAIT_S)

    def _is_quiet(self) -> Callable[[], bool]:
        last, since = -1, time.monotonic()

        def quiet() -> bool:
            nonlocal last, since
            count = len(self.recording.arrivals) + sum(map(len, self.outputs.stamps.values()))
            if count != last:
                last, since = count, time.monotonic()
            return time.monotonic() - since > _QUIET_S

        return quiet
