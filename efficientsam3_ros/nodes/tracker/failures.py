"""When to give up an engine that fails on every image."""

from __future__ import annotations

from collections.abc import Callable

import rclpy
from rclpy.node import Node

from efficientsam3_ros.core.errors.one_line import one_line


class Failures:
    """Tells the node, in its own thread, that too many images in a row have failed.

    Args:
        node: Its executor runs ``give_up``.
        limit: Returns how many are too many; 0 for no limit.
        give_up: Ends the work; the pipeline cannot be ended by its own thread.

    Attributes:
        reason: What happened and what to do; empty while nothing did.
    """

    def __init__(self, node: Node, limit: Callable[[], int], give_up: Callable[[], None]) -> None:
        self.reason = ''
        self._context, self._limit, self._give_up = node.context, limit, give_up
        self._guard = node.create_guard_condition(self._tell)

    def note(self, count: int, error: Exception) -> None:
        """Take note of a failure; from any thread.

        Args:
            count: Failures in a row, this one included.
            error: Of this one.
        """
        limit = self._limit()
        if not limit or count < limit or not rclpy.ok(context=self._context):
            return
        self.reason = (
            f'{count} images in a row could not be processed ({one_line(error)[:300]}); the node '
            'is unconfigured. Check engine and GPU, then run the transitions configure and '
            'activate.'
        )
        self._guard.trigger()

    def _tell(self) -> None:
        if self.reason:
            self._give_up()
