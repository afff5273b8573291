"""An executor of several threads that lets things be destroyed while it waits."""

from __future__ import annotations

# Where the error is defined differs between distributions.
from rclpy.executors import InvalidHandle, MultiThreadedExecutor


class SteadyExecutor(MultiThreadedExecutor):
    """Goes on where an entity is destroyed by one thread while another adds it to the wait set.

    rclpy looks after subscriptions, timers, clients and services there, and not after the events
    of a subscription: its ``spin`` would end with ``InvalidHandle``, and the node with it.
    """

    def spin_once(self, timeout_sec: float | None = None) -> None:
        """Wait for work and hand it to a thread."""
        try:
            super().spin_once(timeout_sec)
        except InvalidHandle:
            # What is gone needs no service; the next wait set is made without it.
            return
