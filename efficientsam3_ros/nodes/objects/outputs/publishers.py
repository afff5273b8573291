"""The publishers of a configured objects node."""

from __future__ import annotations

from typing import Any

from rclpy.lifecycle import LifecycleNode, LifecyclePublisher
from rclpy.qos import QoSProfile
from sensor_msgs.msg import CameraInfo, Image, PointCloud2

from efficientsam3_ros.nodes.objects.outputs import boxes, clouds, masks
from efficientsam3_ros.nodes.objects.scene.scene import Scene
from efficientsam3_ros.nodes.objects.scene.target import TargetChooser, Wanted

_ALWAYS = {
    '~/objects_points': (PointCloud2, 2),
    '~/target_points': (PointCloud2, 2),
    '~/background_points': (PointCloud2, 2),
    '~/target_mask': (Image, 2),
    '~/camera_info': (CameraInfo, 5),
}


class Outputs:
    """Publishes a scene; whatever nobody listens to is not computed.

    Args:
        node: Owner of the publishers.
    """

    def __init__(self, node: LifecycleNode) -> None:
        self._node = node
        self._chooser = TargetChooser()
        self._vision = boxes.installed('vision_msgs')
        self._visual = boxes.installed('visualization_msgs')
        offered: dict[str, tuple[Any, int]] = dict(_ALWAYS)
        if self._vision is not None:
            offered['~/detections_3d'] = (self._vision.Detection3DArray, 5)
        if self._visual is not None:
            offered['~/markers'] = (self._visual.MarkerArray, 2)
        self._publishers: dict[str, LifecyclePublisher] = {
            topic: node.create_lifecycle_publisher(kind, topic, QoSProfile(depth=depth))
            for topic, (kind, depth) in offered.items()
        }

    def publish(self, scene: Scene, wanted: Wanted, voxel_size: float) -> None:
        """Publish what is listened to.

        Args:
            scene: The image.
            wanted: Which object is the target.
            voxel_size: Of lists of points, metres; 0 keeps all.
        """
        self._send('~/camera_info', lambda: masks.paired_info(scene))
        self._send('~/objects_points', lambda: clouds.organised_cloud(scene))
        target = self._chooser.choose(wanted, scene.objects) if self._any_target() else None
        if target is not None:
            self._publish_target(scene, target.label, voxel_size)
        vision, visual = self._vision, self._visual
        label = 0 if target is None else target.label
        self._send('~/detections_3d', lambda: boxes.fill_detections(vision, scene))
        self._send('~/markers', lambda: boxes.fill_markers(visual, scene, label))

    def destroy(self) -> None:
        """Take the publishers from the node."""
        for publisher in self._publishers.values():
            self._node.destroy_lifecycle_publisher(publisher)
        self._publishers.clear()

    def _publish_target(self, scene: Scene, label: int, voxel_size: float) -> None:
        self._send('~/target_mask', lambda: masks.mask_image(scene, [label]))
        self._send('~/target_points', lambda: clouds.object_cloud(scene, label, voxel_size))
        self._send(
            '~/background_points', lambda: clouds.background_cloud(scene, label, voxel_size)
        )

    def _any_target(self) -> bool:
        topics = ('~/target_mask', '~/target_points', '~/background_points', '~/markers')
        return any(map(self._heard, topics))

    def _heard(self, topic: str) -> bool:
        publisher = self._publishers.get(topic)
        return publisher is not None and publisher.get_subscription_count() > 0

    def _send(self, topic: str, make: Any) -> None:
        if self._heard(topic):
            self._publishers[topic].publish(make())
