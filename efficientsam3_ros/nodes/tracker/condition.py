"""What the figures of a tracker node do not show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from efficientsam3_ros.nodes.images.publishers import Publishers
from efficientsam3_ros.nodes.tracker.settings import NodeSettings

if TYPE_CHECKING:
    from efficientsam3_ros.nodes.images.image_subscription import ImageSubscription


@dataclass(frozen=True)
class Limits:
    """From where on figures are worth a warning; the parameters of these names.

    Attributes:
        loss: Share of the published images that does not arrive.
        latency_s: 95th percentile of the time from arrival to result, seconds.
        rate: Share of the published images that leads to a result.
    """

    loss: float = 0.05
    latency_s: float = 0.5
    rate: float = 0.33

    @classmethod
    def of(cls, settings: NodeSettings) -> Limits:
        """Return those of the parameters."""
        return cls(settings.loss_warning, settings.latency_warning, settings.rate_warning)


@dataclass
class Condition:
    """What the figures do not show.

    Attributes:
        active: Whether the node is to process images.
        error: Why it cannot, or an empty text.
        topic: Resolved name of the image topic.
        kind: Type of the messages that are expected there, or an empty text.
        model: Name of the loaded bundle, or an empty text.
        publishers: Who publishes images there.
        reliability: That of the subscription, or an empty text.
        limits: From where on to warn.
    """

    active: bool = False
    error: str = ''
    topic: str = 'image'
    kind: str = ''
    model: str = ''
    publishers: Publishers = field(default_factory=Publishers)
    reliability: str = ''
    limits: Limits = field(default_factory=Limits)

    def look(self, settings: NodeSettings, images: ImageSubscription | None) -> Condition:
        """Take in what is true now, and return it.

        Args:
            settings: The parameters in force.
            images: The subscription; None while the node is not active.
        """
        self.limits = Limits.of(settings)
        if images is not None:
            self.publishers, self.reliability = images.publishers, images.reliability
        return self
