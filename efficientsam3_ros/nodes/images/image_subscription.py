"""The image subscription of the tracker node: fitted to its publishers, losses counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.subscription import Subscription

from efficientsam3_ros.core.messages.image_codec import ImageError
from efficientsam3_ros.core.messages.stamps import to_nanoseconds
from efficientsam3_ros.nodes.images.image_input import image_qos
from efficientsam3_ros.nodes.images.image_reader import ImageReader
from efficientsam3_ros.nodes.images.image_topic import ImageTopic
from efficientsam3_ros.nodes.images.loss_events import loss_events, loss_source
from efficientsam3_ros.nodes.images.publishers import Publishers
from efficientsam3_ros.tracking.live.missing import MissingImages, Source

_LOOK_EVERY_S = 0.5
# rmw's word for a middleware that does not number messages.
_UNNUMBERED = 2**64 - 1


class ImageSubscription:
    """Hears a topic of images with the reliability that its publishers offer.

    Args:
        node: Owner of the subscription.
        topic: Where the images are.
        reliability: The parameter of that name.
        submit: Called with each image message.
        refuse: Called with the reason why a message is none.
        missing: Called with numbers of images that were published and did not arrive.
    """

    def __init__(
        self,
        node: Node,
        topic: ImageTopic,
        reliability: str,
        submit: Callable[[Any], None],
        refuse: Callable[[ImageError], None],
        missing: Callable[[int], None],
    ) -> None:
        self._node = node
        self.topic = topic
        self._wanted = reliability
        self._read = ImageReader(topic)
        self._submit = submit
        self._refuse = refuse
        self._missing = missing
        self._counter = MissingImages(loss_source())
        # The newest image's stamp and number: where two subscriptions overlap, it comes twice.
        self._newest: tuple[int, int | None] | None = None
        self._retired: list[Subscription] = []
        self.publishers = Publishers()
        self.reliability = self.publishers.reliability(self._wanted)
        self._subscription = self._open()
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._timer = node.create_timer(_LOOK_EVERY_S, self._look, clock=steady)
        self._look()

    def close(self) -> None:
        """Take subscription and timer from the node."""
        self._node.destroy_timer(self._timer)
        for subscription in (*self._retired, self._subscription):
            self._node.destroy_subscription(subscription)
        self._retired.clear()

    def _look(self) -> None:
        """Fit the subscription to the publishers that are there now."""
        for subscription in self._retired:
            self._node.destroy_subscription(subscription)
        self._retired.clear()
        self._meet()
        reliability = self.publishers.reliability(self._wanted)
        if reliability != self.reliability:
            self.reliability = reliability
            # The old one stays until the new one is connected, so that no image falls between.
            self._retired.append(self._subscription)
            self._subscription = self._open()

    def _meet(self) -> None:
        """Look who publishes."""
        found = Publishers.of(self._node.get_publishers_info_by_topic(self.topic.name))
        if found.identities != self.publishers.identities:
            self._counter.restart()
            self._newest = None
        self.publishers = found

    def _open(self) -> Subscription:
        plain = self._counter.source is not Source.NUMBERS
        return self._node.create_subscription(
            self.topic.message,
            self.topic.name,
            self._on_image if plain else self._on_numbered,
            image_qos(self.reliability),
            event_callbacks=loss_events(self._on_loss),
            raw=True,
        )

    def _on_image(self, data: bytes) -> None:
        self._take(data, None)

    def _on_numbered(self, data: bytes, info: Any) -> None:
        number = info['publication_sequence_number']
        if number == _UNNUMBERED:
            self._take(data, None)
            return
        if self._counter.skips(number):
            self._meet()
        # Numbers of two publishers do not belong together.
        self._take(data, number if len(self.publishers.identities) == 1 else None)

    def _take(self, data: bytes, number: int | None) -> None:
        try:
            message = self._read(data)
        except ImageError as error:
            # It came, so its number is not among the missing ones.
            self._missing(self._counter.arrived(0, number))
            self._refuse(error)
            return
        stamp_ns = to_nanoseconds(message.header.stamp)
        newest = (stamp_ns, number)
        # A number comes once, also after the old subscription has gone.
        if (self._retired or number) and newest == self._newest and any(newest):
            return
        self._newest = newest
        self._missing(self._counter.arrived(stamp_ns, number))
        self._submit(message)

    def _on_loss(self, count: int) -> None:
        self._missing(self._counter.reported(count))
