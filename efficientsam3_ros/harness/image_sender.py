"""A camera that counts: publishes one picture at a fixed rate, and writes down how often."""

from __future__ import annotations

from dataclasses import dataclass
import json
from pathlib import Path
import sys
import time

import numpy as np
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from sensor_msgs.msg import Image

from efficientsam3_ros.core.messages.image_codec import fill_image
from efficientsam3_ros.core.settings import check, choice, number, text
from efficientsam3_ros.nodes.images.choices import RELIABILITIES
from efficientsam3_ros.nodes.images.image_input import image_qos
from efficientsam3_ros.nodes.support.declaration import declare
from efficientsam3_ros.nodes.support.interruption import until_interrupted

_PATIENCE_S = 30.0
# The tracker fits its subscription to us within half a second.
_SETTLE_S = 2.0
_LINGER_S = 1.0


@dataclass(frozen=True)
class SenderSettings:
    """Parameters of the sender.

    Raises:
        ValueError: If a value is out of range.
    """

    width: int = number(640, 1, 16384, 'Image columns.')
    height: int = number(480, 1, 16384, 'Image rows.')
    rate: float = number(30.0, 0.1, 1000.0, 'Images a second.')
    count: int = number(100, 1, 10_000_000, 'Number of images.')
    reliability: str = choice('reliable', RELIABILITIES, 'QoS of the images.')
    journal: str = text('', 'JSON file that gets the number of images and the seconds they took.')

    def __post_init__(self) -> None:
        check(self)


class ImageSender(Node):
    """Publishes ``image`` to whoever subscribes first, then ends."""

    def __init__(self) -> None:
        super().__init__('image_sender')
        self._settings = settings = declare(self, SenderSettings(), read_only=True)
        self._publisher = self.create_publisher(Image, 'image', image_qos(settings.reliability))
        noise = np.random.default_rng(0)
        shape = (settings.height, settings.width, 3)
        picture = noise.integers(0, 256, shape, np.uint8)
        self._message = fill_image(Image(), picture, 'rgb8')
        self._message.header.frame_id = 'sender_optical_frame'

    def run(self) -> None:
        """Wait for a subscriber, send all images in time, and write the journal."""
        end = time.monotonic() + _PATIENCE_S
        while not self._publisher.get_subscription_count():
            if time.monotonic() > end:
                raise TimeoutError(f'Nobody subscribes to {self._publisher.topic_name}.')
            time.sleep(0.05)
        time.sleep(_SETTLE_S)
        begin = time.monotonic()
        for index in range(self._settings.count):
            time.sleep(max(0.0, begin + index / self._settings.rate - time.monotonic()))
            self._message.header.stamp = self.get_clock().now().to_msg()
            self._publisher.publish(self._message)
        taken = time.monotonic() - begin
        # A reliable publisher that goes at once takes with it what was not acknowledged.
        time.sleep(_LINGER_S)
        journal = {'sent': self._settings.count, 'seconds': taken}
        Path(self._settings.journal).write_text(json.dumps(journal))


def main() -> int:
    """Run the sender; return its exit code."""
    rclpy.init()
    node = ImageSender()
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    try:
        with until_interrupted():
            node.run()
    finally:
        executor.shutdown()
        node.destroy_node()
        rclpy.try_shutdown()
    return 0


if __name__ == '__main__':
    sys.exit(main())
