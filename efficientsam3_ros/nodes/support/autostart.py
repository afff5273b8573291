"""Configuring and activating a node without a lifecycle manager."""

from __future__ import annotations

from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode, TransitionCallbackReturn


class Autostart:
    """Runs both transitions as soon as the node is served, once.

    Args:
        node: A node that is unconfigured.
    """

    def __init__(self, node: LifecycleNode) -> None:
        self._node = node
        # Simulated time may stand still.
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._timer = node.create_timer(0.0, self._start, clock=steady)

    def _start(self) -> None:
        self._timer.cancel()
        if self._node.trigger_configure() is TransitionCallbackReturn.SUCCESS:
            self._node.trigger_activate()
