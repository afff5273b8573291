"""What an objects node holds from configure to cleanup."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition
import time
from typing import Any

from rclpy.lifecycle import LifecycleNode

from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.core.messages.image_codec import ImageError
from efficientsam3_ros.nodes.images.image_input import image_decoder
from efficientsam3_ros.nodes.objects.faults import Cause, SceneFault
from efficientsam3_ros.nodes.objects.frames.transforms import Transforms
from efficientsam3_ros.nodes.objects.outputs.publishers import Outputs
from efficientsam3_ros.nodes.objects.scene.builder import Messages, SceneBuilder
from efficientsam3_ros.nodes.objects.scene.camera_infos import CameraInfos
from efficientsam3_ros.nodes.objects.scene.depth_registration import DepthRegistration
from efficientsam3_ros.nodes.objects.scene.scene import Scene
from efficientsam3_ros.nodes.objects.scene.target import Wanted
from efficientsam3_ros.nodes.objects.settings import INSTALLED, ObjectSettings
from efficientsam3_ros.nodes.objects.sync.installed import InstalledSynchronizer
from efficientsam3_ros.nodes.objects.sync.synchronizer import Source, Synchronizer
from efficientsam3_ros.nodes.objects.tally import Tally
from efficientsam3_ros.nodes.objects.topics import Topics, depth_decoder
from efficientsam3_ros.tracking.live.worker import Worker

LEADER = 'result'
NAMES = (LEADER, 'image', 'depth')


@dataclass(frozen=True)
class Sources:
    """Where subscriptions put their messages."""

    instances: Source = field(default_factory=Source)
    image: Source = field(default_factory=Source)
    depth: Source = field(default_factory=Source)


class Session:
    """Pairs messages, makes scenes of them in a thread of its own, and publishes these.

    Args:
        node: Owner of the publishers.
        settings: Returns the present parameters.
        transforms: For frames; None where none is asked for.
        warn: Called with a key and a sentence; bounds the rate by key.
        failed: Called in the worker thread after an unexpected error, with how many results in a
            row have met one, and the error.

    Raises:
        ValueError: If the parameters do not fit what is installed or each other.
    """

    def __init__(
        self,
        node: LifecycleNode,
        settings: Callable[[], ObjectSettings],
        transforms: Transforms | None,
        warn: Callable[[str, str], None],
        failed: Callable[[int, Exception], None],
    ) -> None:
        given = settings()
        self.settings, self._warn, self._transforms = settings, warn, transforms
        self._failed, self._failures = failed, 0
        self.topics = Topics.of(node, given)
        self.infos = CameraInfos(given.queue, given.rectified)
        self.registration = _registration(given, transforms)
        self.sources, self.tally = Sources(), Tally()
        self.synchronizer = _synchronizer(self.sources, given)
        self.synchronizer.registerCallback(self._on_set)
        self._builder = SceneBuilder(
            image_decoder(self.topics.image),
            depth_decoder(self.topics.depth),
            self.infos,
            transforms,
            settings,
            self.registration,
        )
        self.outputs = Outputs(node)
        self._changed = Condition()
        self._running = False
        self._latest: Scene | None = None
        self._latest_s = 0.0
        self._worker: Worker[Messages] = Worker(self._process, self._crashed)
        self._worker.start()

    def close(self) -> None:
        """End the thread, then take the publishers away."""
        self.pause()
        self._worker.stop()
        self.outputs.destroy()
        if self._transforms is not None:
            self._transforms.close()

    def resume(self) -> None:
        """Begin to process messages."""
        self._running = True

    def pause(self) -> None:
        """Drop what waits; the last scene is no longer answered with."""
        self.synchronizer.clear()
        self.tally.drop(Cause.INACTIVE, count=self._worker.clear())
        with self._changed:
            self._running, self._latest = False, None
            self._changed.notify_all()

    def refuse(self, name: str, error: ImageError) -> None:
        """Count and report a message that is none."""
        self.tally.refused[name] += 1
        self._warn(f'{name} damaged', str(error))

    @property
    def latest(self) -> Scene | None:
        """The scene of the newest image; None before the first."""
        with self._changed:
            return self._latest

    @property
    def age_s(self) -> float:
        """Seconds since the newest image was processed."""
        return time.monotonic() - self._latest_s

    def next_scene(self, after: Scene | None, timeout_s: float) -> Scene | None:
        """Wait for a scene other than one; return None if none comes in time."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._latest is not None and self._latest is not after, timeout_s
            )
            return None if self._latest is after else self._latest

    def wanted(self) -> Wanted:
        """Return which object is the target by the parameters."""
        given = self.settings()
        return Wanted(given.target_track, given.target_phrase, given.min_pixels)

    def _on_set(self, instances: Any, image: Any, depth: Any) -> None:
        displaced = self._worker.offer(Messages(instances, image, depth))
        self.tally.drop(Cause.BUSY, count=displaced)

    def _process(self, messages: Messages) -> None:
        begin = time.monotonic()
        try:
            scene = self._builder.build(messages)
        except SceneFault as error:
            self.tally.drop(error.cause, str(error))
            self._warn(error.cause.value, str(error))
            return
        with self._changed:
            # What was under way during a pause is not shown after it.
            self._latest = scene if self._running else None
            self._latest_s = time.monotonic()
            self._changed.notify_all()
        self.outputs.publish(scene, self.wanted(), self.settings().voxel_size)
        self.tally.done(time.monotonic() - begin)
        self._failures = 0

    def _crashed(self, error: Exception) -> None:
        text = f'A result could not be processed, unexpectedly: {one_line(error)[:300]}'
        self.tally.drop(Cause.FAILED, text)
        self._warn('failed', text)
        self._failures += 1
        self._failed(self._failures, error)


def _registration(
    settings: ObjectSettings, transforms: Transforms | None
) -> DepthRegistration | None:
    if not settings.register_depth or transforms is None:
        return None
    topic = settings.depth_camera_info_topic
    infos = CameraInfos(settings.queue, settings.rectified, topic, kind='depth')
    return DepthRegistration(infos, transforms)


def _synchronizer(
    sources: Sources, settings: ObjectSettings
) -> Synchronizer | InstalledSynchronizer:
    filters = (sources.instances, sources.image, sources.depth)
    if settings.synchronizer == INSTALLED:
        return InstalledSynchronizer(filters, settings.queue, settings.slop, NAMES)
    return Synchronizer(filters, settings.queue, (0.0, settings.slop), NAMES)
