"""Listens to camera, tracker and every output of the objects node."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import numpy as np

from efficientsam3_ros.core.messages.stamps import to_nanoseconds
from efficientsam3_ros.harness.objects_messages import (
    boxes_of_detections,
    boxes_of_markers,
    middles_of,
    read_points,
)
from efficientsam3_ros.harness.recorder import LiveListener
from efficientsam3_ros.scene3d import OrientedBox

NODE = '/objects'
OUTPUTS = {
    'objects_points': 'sensor_msgs',
    'target_points': 'sensor_msgs',
    'background_points': 'sensor_msgs',
    'target_mask': 'sensor_msgs',
    'camera_info': 'sensor_msgs',
    'detections_3d': 'vision_msgs',
    'markers': 'visualization_msgs',
}
"""Output, published on every image in which there is a target, to the package of its message."""


def installed_outputs() -> tuple[str, ...]:
    """Return the outputs that the node can publish here."""
    return tuple(name for name, package in OUTPUTS.items() if find_spec(package))


@dataclass
class OutputRecording:
    """What was heard of the objects node, by stamp in nanoseconds.

    Attributes:
        stamps: Of every message, by output.
        middles: Label to the mean of the points with it in ``objects_points``, (3,), metres.
        targets: Label and mean of ``target_points``.
        boxes: Track id to its box in ``detections_3d``, else in ``markers``.
        colors: Of ``objects_points``, uint32 (H, W), 0x00RRGGBB.
    """

    stamps: dict[str, list[int]] = field(
        default_factory=lambda: {name: [] for name in installed_outputs()}
    )
    middles: dict[int, dict[int, np.ndarray]] = field(default_factory=dict)
    targets: dict[int, tuple[int, np.ndarray]] = field(default_factory=dict)
    boxes: dict[int, dict[int, OrientedBox]] = field(default_factory=dict)
    colors: dict[int, np.ndarray] = field(default_factory=dict)

    @property
    def begun(self) -> set[int]:
        """Stamps of which at least one output was heard."""
        return set().union(*map(set, self.stamps.values()))

    @property
    def complete(self) -> set[int]:
        """Stamps of which all outputs were heard."""
        return set.intersection(*map(set, self.stamps.values()))


class ObjectsListener(LiveListener):
    """A node of this process that records what camera, tracker and objects node say.

    Args:
        env: Variables that must be set before the middleware starts.

    Attributes:
        outputs: What was heard of the objects node.
        objects_node: Whether its diagnostics were heard, which begin when it is started.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        super().__init__(env, images=False, results=True)
        self.outputs = OutputRecording()
        self.objects_node = False
        self._hear()

    def _hear(self) -> None:
        take: dict[str, Callable[[int, Any], None]] = {
            'objects_points': self._on_objects_points,
            'target_points': self._on_target_points,
        }
        if 'detections_3d' in self.outputs.stamps:
            take['detections_3d'] = self._on_detections
        else:
            take['markers'] = self._on_markers
        for name in self.outputs.stamps:
            self._node.create_subscription(
                _kind(name), f'{NODE}/{name}', self._noting(name, take.get(name)), 10
            )

    def _on_diagnostics(self, message: Any) -> None:
        super()._on_diagnostics(message)
        names = (status.name for status in getattr(message, 'status', ()))
        self.objects_node |= any(name.endswith('objects') for name in names)

    def _noting(self, name: str, take: Callable[[int, Any], None] | None) -> Callable[[Any], None]:
        def on_message(message: Any) -> None:
            # A list of markers has no header of its own.
            headed = message.markers[0] if name == 'markers' else message
            stamp_ns = to_nanoseconds(headed.header.stamp)
            self.outputs.stamps[name].append(stamp_ns)
            if take is not None:
                take(stamp_ns, message)

        return on_message

    def _on_objects_points(self, stamp_ns: int, message: Any) -> None:
        points, labels, colors = read_points(message)
        self.outputs.middles[stamp_ns] = middles_of(points, labels)
        self.outputs.colors[stamp_ns] = colors.reshape(message.height, message.width)

    def _on_target_points(self, stamp_ns: int, message: Any) -> None:
        points, labels, _ = read_points(message)
        if len(points):
            self.outputs.targets[stamp_ns] = int(labels[0]), points.mean(axis=0, dtype=np.float64)

    def _on_detections(self, stamp_ns: int, message: Any) -> None:
        self.outputs.boxes[stamp_ns] = boxes_of_detections(message)

    def _on_markers(self, stamp_ns: int, message: Any) -> None:
        self.outputs.boxes[stamp_ns] = boxes_of_markers(message)


def _kind(output: str) -> Any:
    from sensor_msgs.msg import CameraInfo, Image, PointCloud2

    if output == 'detections_3d':
        from vision_msgs.msg import Detection3DArray

        return Detection3DArray
    if output == 'markers':
        from visualization_msgs.msg import MarkerArray

        return MarkerArray
    return {'target_mask': Image, 'camera_info': CameraInfo}.get(output, PointCloud2)
