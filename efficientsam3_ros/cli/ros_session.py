"""Simulated camera and tracker as two processes, and a listener in this one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
import time
from types import TracebackType

from efficientsam3_ros.cli.child_process import NodeProcess
from efficientsam3_ros.cli.live_listener import LiveListener, Recording
from efficientsam3_ros.cli.ros_environment import isolated_environment, require_ros

_STEP_S = 0.25
_TRACKER_START_S = 120.0
_CAMERA_START_S = 60.0
_LONGEST_FILM_S = 60.0
# A software renderer on a busy machine draws a few images a second.
_RENDER_S_PER_FRAME = 1.0


class SessionError(RuntimeError):
    """The nodes do not work together; the message says which one, and where its log is."""


@dataclass(frozen=True)
class SessionConfig:
    """What to start.

    Attributes:
        concepts: What the tracker is asked for, and the truth answers.
        bundle: Embedded name or folder.
        engine: Inference backend.
        seed: Which scene.
        rate: Camera frames a second.
        film_seconds: Length of the film, rendered before it is shown.
        loop: Begin the film anew when it ends.
        width: Image columns.
        height: Image rows.
    """

    concepts: tuple[str, ...]
    bundle: str
    engine: str = 'onnxruntime'
    seed: int = 7
    rate: float = 15.0
    film_seconds: float = 20.0
    loop: bool = False
    width: int = 640
    height: int = 480

    def camera(self) -> dict[str, object]:
        """Return the camera's parameters; rendered beforehand, so that its rate is steady."""
        return {
            'seed': self.seed,
            'rate': float(self.rate),
            'width': self.width,
            'height': self.height,
            'seconds': float(self.film_seconds),
            'prerender_seconds': float(min(self.film_seconds, _LONGEST_FILM_S)),
            'loop': self.loop or self.film_seconds > _LONGEST_FILM_S,
            'depth': False,
            'concepts': list(self.concepts),
        }

    def tracker(self) -> dict[str, object]:
        """Return the tracker's parameters."""
        bundle = Path(self.bundle)
        return {
            'bundle': str(bundle.resolve()) if bundle.is_dir() else self.bundle,
            'engine': self.engine,
            'prompts': list(self.concepts),
        }


class RosSession:
    """Starts both nodes and stops them again, whatever happens; a context manager.

    Args:
        config: What to start.
        folder: Gets the nodes' logs and parameter files.
        images: Record the images too.
        results: Keep whole results and truth, not only their times.

    Raises:
        RosMissingError: If ROS 2 is not installed.
    """

    def __init__(self, config: SessionConfig, folder: Path, images: bool, results: bool) -> None:
        require_ros()
        self._config = config
        self._folder = folder
        self._options = (images, results)
        self._children: list[NodeProcess] = []

    def __enter__(self) -> RosSession:
        env = isolated_environment()
        self.listener = LiveListener(env, *self._options)
        try:
            remap = 'image:=/camera/image_raw'
            self.tracker = self._start('tracker_node', self._config.tracker(), [remap], env)
            self.camera = self._start(
                'simulated_camera', self._config.camera(), ['__ns:=/camera'], env
            )
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.stop()
        finally:
            self.listener.__exit__()

    @property
    def recording(self) -> Recording:
        """What was heard so far."""
        return self.listener.recording

    def wait_until_running(self) -> None:
        """Wait for the tracker to be ready and the camera to show its first image.

        Raises:
            ChildError: If a node ends.
            SessionError: If it takes too long.
        """
        self._wait(self._tracker_is_ready, _TRACKER_START_S, 'The tracker does not start')
        frames = self._config.rate * min(self._config.film_seconds, _LONGEST_FILM_S)
        self._wait(
            lambda: bool(self.recording.offered),
            _CAMERA_START_S + frames * _RENDER_S_PER_FRAME,
            'The camera shows nothing',
        )

    def listen(self, seconds: float) -> None:
        """Record for a while.

        Raises:
            ChildError: If a node ends.
        """
        self._wait(lambda: False, seconds, '')

    def stop(self) -> None:
        """Stop both nodes, the camera first."""
        while self._children:
            self._children.pop().stop()

    def _start(
        self, module: str, parameters: dict[str, object], rules: list[str], env: dict[str, str]
    ) -> NodeProcess:
        child = NodeProcess(module, parameters, rules, self._folder, env)
        self._children.append(child)
        return child

    def _tracker_is_ready(self) -> bool:
        if self.recording.failing:
            raise SessionError(f'The tracker cannot start: {self.recording.condition}')
        return bool(self.recording.counters) and self.recording.condition != 'Not active.'

    def _wait(self, done: Callable[[], bool], seconds: float, failure: str) -> None:
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
