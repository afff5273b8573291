"""Listens to camera and tracker; the only part of the command line that imports rclpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
import os
import time
from typing import Any

import numpy as np

from efficientsam3_ros.core import FrameResult
from efficientsam3_ros.core.messages.image_codec import decode_rgb
from efficientsam3_ros.core.messages.instance_codec import read_instances
from efficientsam3_ros.core.messages.stamps import to_nanoseconds

IMAGE, INFO = '/camera/image_raw', '/camera/camera_info'
TRUTH, INSTANCES = '/camera/ground_truth', '/tracker/instances'
_NAME = 'efficientsam3_listener'


@dataclass
class Recording:
    """What was heard, by stamp in nanoseconds.

    Attributes:
        offered: Stamps of all camera frames.
        images: RGB images, if they were wanted.
        truth: Ground truth.
        results: The tracker's results.
        latencies: Seconds from an image's stamp to the receipt of its result.
        receipts: Monotonic times of receipt of the results, seconds.
        arrivals: Stamp of every result and the time of its receipt, both nanoseconds.
        counters: The tracker's figures from ``/diagnostics``, newest.
        condition: The newest sentence of its diagnostics.
        failing: Whether that sentence is an error.
        reports: How many diagnostics came.
    """

    offered: list[int] = field(default_factory=list)
    images: dict[int, np.ndarray] = field(default_factory=dict)
    truth: dict[int, FrameResult] = field(default_factory=dict)
    results: dict[int, FrameResult] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    receipts: list[float] = field(default_factory=list)
    arrivals: list[tuple[int, int]] = field(default_factory=list)
    counters: dict[str, str] = field(default_factory=dict)
    condition: str = ''
    failing: bool = False
    reports: int = 0


class LiveListener:
    """A node of this process that records what it hears.

    Args:
        env: Variables that must be set before the middleware starts.
        images: Record the images too.
        results: Keep whole results and truth, not only their times.
    """

    def __init__(self, env: Mapping[str, str], images: bool, results: bool) -> None:
        os.environ.update(env)
        import rclpy
        from rclpy.executors import SingleThreadedExecutor

        self.recording = Recording()
        self._keep = results
        self._rclpy = rclpy
        rclpy.init(args=[])
        self._node = rclpy.create_node(_NAME)
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self._node)
        self._subscribe(images)

    def close(self) -> None:
        """Leave the middleware."""
        self._executor.shutdown()
        self._node.destroy_node()
        self._rclpy.try_shutdown()

    def spin(self, seconds: float) -> None:
        """Take in messages for a while.

        Raises:
            KeyboardInterrupt: If the process is asked to stop, also by SIGTERM.
        """
        from rclpy.executors import ExternalShutdownException

        end = time.monotonic() + seconds
        try:
            while (left := end - time.monotonic()) > 0:
                self._executor.spin_once(timeout_sec=left)
        except ExternalShutdownException:
            raise KeyboardInterrupt from None

    def _subscribe(self, images: bool) -> None:
        from diagnostic_msgs.msg import DiagnosticArray
        from rclpy.qos import QoSProfile
        from sensor_msgs.msg import CameraInfo, Image

        from efficientsam3_ros.msg import InstanceArray

        deep = QoSProfile(depth=50)
        create = self._node.create_subscription
        create(CameraInfo, INFO, self._on_camera_info, deep)
        create(InstanceArray, INSTANCES, self._on_result, deep)
        create(DiagnosticArray, '/diagnostics', self._on_diagnostics, deep)
        if self._keep:
            create(InstanceArray, TRUTH, self._on_truth, deep)
        if images:
            create(Image, IMAGE, self._on_image, deep)

    def _on_camera_info(self, message: Any) -> None:
        self.recording.offered.append(to_nanoseconds(message.header.stamp))

    def _on_image(self, message: Any) -> None:
        # The array is a view of the message's memory, which stays with it.
        self.recording.images[to_nanoseconds(message.header.stamp)] = decode_rgb(message)

    def _on_truth(self, message: Any) -> None:
        self.recording.truth[to_nanoseconds(message.header.stamp)] = read_instances(message)

    def _on_result(self, message: Any) -> None:
        stamp_ns, now_ns = to_nanoseconds(message.header.stamp), time.time_ns()
        self.recording.arrivals.append((stamp_ns, now_ns))
        self.recording.latencies.append((now_ns - stamp_ns) / 1e9)
        self.recording.receipts.append(time.monotonic())
        if self._keep:
            self.recording.results[stamp_ns] = read_instances(message)

    def _on_diagnostics(self, message: Any) -> None:
        for status in getattr(message, 'status', ()):
            if status.name.endswith('tracker'):
                self.recording.reports += 1
                self.recording.failing = status.level == status.ERROR
                self.recording.counters = {item.key: item.value for item in status.values}
                self.recording.condition = status.message
