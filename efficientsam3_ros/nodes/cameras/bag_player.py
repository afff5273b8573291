"""Plays a recording's camera images at their recorded pace, without rosbag2 installed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import re
import time
from typing import Any

import rclpy
from rclpy.node import Node
from sensor_msgs.msg import Image

from efficientsam3_ros.bags import BagError, BagReader
from efficientsam3_ros.core import Frame
from efficientsam3_ros.core.messages.image_codec import fill_image
from efficientsam3_ros.core.messages.stamps import SECOND_NS, to_nanoseconds
from efficientsam3_ros.core.settings import check, choice, flag, number, text
from efficientsam3_ros.core.writing.atomic import write_text
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.nodes.images.choices import RELIABILITIES
from efficientsam3_ros.nodes.images.image_input import image_qos
from efficientsam3_ros.nodes.support.declaration import declare
from efficientsam3_ros.nodes.support.interruption import until_interrupted
from efficientsam3_ros.nodes.support.start import exit_code, start

WAIT_FOR_LISTENER_S = 10.0


@dataclass(frozen=True)
class PlayerSettings:
    """Parameters of the player; all are fixed at start.

    Raises:
        ValueError: If a value is out of range.
    """

    bag: str = text('', 'A rosbag2 folder, or one .mcap or .db3 file.')
    topic: str = text('', 'Image topic in the bag; empty takes the only colour camera.')
    speed: float = number(1.0, 0.01, 100.0, 'Seconds of the bag a second.')
    loop: bool = flag(False, 'Begin anew after the last image.')
    stamps: str = choice(
        'now', ('now', 'original'), 'Stamp images with the time of publishing or as recorded.'
    )
    reliability: str = choice('reliable', RELIABILITIES, 'QoS of the images.')
    journal: str = text(
        '',
        'A file, new or a journal of before, that gets one line an image: its stamp and the time '
        'of its publishing, both in nanoseconds; empty writes none.',
    )

    def __post_init__(self) -> None:
        check(self)


class BagPlayer(Node):
    """Publishes the frames of a bag on ``image_raw`` as rgb8.

    Args:
        options: Passed to ``Node``.

    Raises:
        BagError: If the bag cannot be read.
        ValueError: If a parameter is out of range, or the journal would replace anything else.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__('bag_player', **options)
        self._settings = declare(self, PlayerSettings(), read_only=True)
        if not self._settings.bag:
            raise BagError('No bag is given; set the parameter "bag" to its path.')
        if self._settings.journal:
            place, read = Path(self._settings.journal), [Path(self._settings.bag)]
            check_output(place, read, force=True, own_file=_is_journal)
        with BagReader(self._settings.bag) as bag:
            topic = self._settings.topic or bag.image_topic()
        self.get_logger().info(f'Playing {topic} of {self._settings.bag}.')
        self._topic = topic
        qos = image_qos(self._settings.reliability)
        self._publisher = self.create_publisher(Image, 'image_raw', qos)
        self._journal: list[tuple[int, int]] = []

    def play(self) -> int:
        """Publish until the bag or the context ends; return the number of images."""
        self._wait_for_listener()
        count = 0
        try:
            while rclpy.ok(context=self.context):
                for frame in self._paced():
                    self._publish(frame)
                    count += 1
                if not self._settings.loop:
                    break
        finally:
            if self._settings.journal:
                lines = (f'{stamp} {published}\n' for stamp, published in self._journal)
                write_text(Path(self._settings.journal), ''.join(lines))
        return count

    def _wait_for_listener(self) -> None:
        end = time.monotonic() + WAIT_FOR_LISTENER_S
        while not self._publisher.get_subscription_count() and time.monotonic() < end:
            time.sleep(0.02)

    def _paced(self) -> Iterator[Frame]:
        """Yield each frame when it is due."""
        begin: tuple[float, int] | None = None
        with BagReader(self._settings.bag) as bag:
            for frame in bag.frames(self._topic):
                # Counted from the first frame in hand, as opening a bag takes its time.
                begin = begin or (time.monotonic(), frame.stamp_ns)
                offset_s = (frame.stamp_ns - begin[1]) / SECOND_NS / self._settings.speed
                time.sleep(max(0.0, begin[0] + offset_s - time.monotonic()))
                if not rclpy.ok(context=self.context):
                    return
                yield frame

    def _publish(self, frame: Frame) -> None:
        message = fill_image(Image(), frame.rgb, 'rgb8')
        message.header.frame_id = frame.frame_id
        if self._settings.stamps == 'original':
            seconds, nanoseconds = divmod(frame.stamp_ns, SECOND_NS)
            message.header.stamp.sec, message.header.stamp.nanosec = seconds, nanoseconds
        else:
            message.header.stamp = self.get_clock().now().to_msg()
        if self._settings.journal:
            self._journal.append((to_nanoseconds(message.header.stamp), time.time_ns()))
        self._publisher.publish(message)


def _is_journal(path: Path) -> bool:
    with path.open('rb') as file:
        return re.fullmatch(rb'(-?\d+ \d+\n)?', file.readline(100)) is not None


def main(args: list[str] | None = None) -> int:
    """Play a bag; return 2 if it cannot be read, or its journal not be written."""
    return exit_code(lambda: _run(args))


def _run(args: list[str] | None) -> int:
    try:
        with until_interrupted():
            with start(args):
                player = BagPlayer()
            player.get_logger().info(f'Played {player.play()} images.')
    finally:
        rclpy.try_shutdown()
    return 0


if __name__ == '__main__':
    raise SystemExit(main())
