"""The subscriptions of an active objects node."""

from __future__ import annotations

from typing import Any

from rclpy.lifecycle import LifecycleNode
from rclpy.qos import QoSProfile
from sensor_msgs.msg import CameraInfo

from efficientsam3_ros import msg
from efficientsam3_ros.core.messages.image_codec import ImageError
from efficientsam3_ros.nodes.images.image_subscription import ImageSubscription
from efficientsam3_ros.nodes.images.image_topic import ImageTopic
from efficientsam3_ros.nodes.objects.session import Session


class Inputs:
    """Hears results, color, depth and camera_info.

    Args:
        node: Owner of the subscriptions.
        session: Takes the messages.
        reliability: The parameter.
    """

    def __init__(self, node: LifecycleNode, session: Session, reliability: str) -> None:
        self._node = node
        topics, sources = session.topics, session.sources
        self._plain = [
            node.create_subscription(
                msg.InstanceArray,
                topics.instances,
                sources.instances.signalMessage,
                QoSProfile(depth=session.settings().queue),
            ),
            node.create_subscription(
                CameraInfo, 'camera_info', session.infos.add, QoSProfile(depth=10)
            ),
        ]
        if session.registration is not None:
            self._plain.append(
                node.create_subscription(
                    CameraInfo,
                    topics.depth_info,
                    session.registration.infos.add,
                    QoSProfile(depth=10),
                )
            )
        self.images = {
            name: self._images(session, name, topic, source, reliability)
            for name, topic, source in (
                ('image', topics.image, sources.image),
                ('depth', topics.depth, sources.depth),
            )
        }

    def close(self) -> None:
        """Take the subscriptions from the node."""
        for subscription in self._plain:
            self._node.destroy_subscription(subscription)
        for images in self.images.values():
            images.close()

    def _images(
        self, session: Session, name: str, topic: ImageTopic, source: Any, reliability: str
    ) -> ImageSubscription:
        def refuse(error: ImageError) -> None:
            session.refuse(name, error)

        def missing(count: int) -> None:
            session.tally.missed[name] += count

        return ImageSubscription(
            self._node, topic, reliability, source.signalMessage, refuse, missing
        )
