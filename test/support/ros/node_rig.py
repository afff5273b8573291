"""A tracker node and a probe node in one process, talking over real DDS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import cv2
from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rig import Rig
from scripted_engine import ColorEngine, painted_frame
from sensor_msgs.msg import CompressedImage, Image

from efficientsam3_ros.core.messages.image_codec import fill_image
from efficientsam3_ros.engine import EngineOptions
from efficientsam3_ros.msg import InstanceArray
from efficientsam3_ros.nodes.tracker.tracker_node import TrackerNode

Boxes = Mapping[str, tuple[int, int, int, int]]


def colored_image(boxes: Boxes, sec: int, frame_id: str = 'camera_optical_frame') -> Image:
    """Return an rgb8 message of 64x48 pixels with one filled box (x, y, w, h) of each colour."""
    message = fill_image(Image(), painted_frame(boxes).rgb, 'rgb8')
    message.header.stamp.sec = sec
    message.header.frame_id = frame_id
    return message


def colored_png(boxes: Boxes, sec: int) -> CompressedImage:
    """Return the same picture as a PNG."""
    bgr = cv2.cvtColor(painted_frame(boxes).rgb, cv2.COLOR_RGB2BGR)
    message = CompressedImage(format='rgb8; png compressed bgr8')
    message.header.stamp.sec = sec
    message.data = cv2.imencode('.png', bgr)[1].tobytes()
    return message


class NodeRig(Rig):
    """Starts a tracker with a fake engine; ``results`` and ``reports`` collect what it says."""

    def __init__(
        self,
        engine_loader: Callable[..., Any] | None = None,
        remap: str = '',
        **parameters: Any,
    ) -> None:
        self.context = Context()
        rclpy.init(context=self.context)
        self.engines: list[ColorEngine] = []
        given = {'prompts': ['red block'], 'diagnostics_period': 0.1, **parameters}
        self.tracker = TrackerNode(
            engine_loader=engine_loader or self._load,
            context=self.context,
            cli_args=['--ros-args', '-r', remap] if remap else None,
            parameter_overrides=[Parameter(name, value=value) for name, value in given.items()],
        )
        self.probe = Node('probe', context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.tracker)
        self.executor.add_node(self.probe)
        self.results: list[InstanceArray] = []
        self.reports: list[dict[str, str]] = []
        self.probe.create_subscription(
            InstanceArray, '/tracker/instances', self.results.append, QoSProfile(depth=50)
        )
        self.probe.create_subscription(DiagnosticArray, '/diagnostics', self._read_report, 10)

    def _load(self, bundle: str, backend: str, options: EngineOptions) -> ColorEngine:
        self.engines.append(ColorEngine())
        return self.engines[-1]

    def _read_report(self, message: DiagnosticArray) -> None:
        status = message.status[0]
        values = {item.key: item.value for item in status.values}
        self.reports.append({'level': str(status.level[0]), 'message': status.message, **values})

    def close(self) -> None:
        """Take everything down."""
        self.executor.shutdown()
        self.tracker.close()
        self.tracker.destroy_node()
        self.probe.destroy_node()
        rclpy.shutdown(context=self.context)

    def camera(self, reliability: ReliabilityPolicy = ReliabilityPolicy.RELIABLE) -> Any:
        """Create an image publisher and wait until tracker and probe are connected."""
        publisher = self.probe.create_publisher(
            Image, 'image', QoSProfile(depth=1, reliability=reliability)
        )
        self.connect(publisher)
        return publisher

    def connect(self, publisher: Any) -> None:
        """Wait until the tracker hears the publisher and the probe hears the tracker."""
        self.spin_until(lambda: publisher.get_subscription_count() > 0, 'the tracker to listen')
        self.spin_until(
            lambda: self.probe.count_publishers('/tracker/instances') > 0, 'the tracker to speak'
        )
        self.spin_until(
            lambda: self.tracker.count_subscribers('/tracker/instances') > 0, 'the probe'
        )

    def exchange(self, publisher: Any, message: Any) -> InstanceArray:
        """Publish an image until a result with its stamp comes back."""
        before = len(self.results)
        publisher.publish(message)

        def answered() -> bool:
            return any(r.header.stamp == message.header.stamp for r in self.results[before:])

        self.spin_until(answered, f'the result of stamp {message.header.stamp.sec}')
        return self.results[-1]

    def ids(self, result: InstanceArray) -> dict[str, int]:
        """Return concept to track id."""
        return {item.concept: item.track_id for item in result.instances}


def gray(height: int = 48, width: int = 64) -> np.ndarray:
    """Return an empty scene, uint8 (height, width, 3)."""
    return np.full((height, width, 3), 128, np.uint8)
