"""When to give up work that fails on every message."""

from __future__ import annotations

from collections.abc import Callable

import rclpy
from rclpy.node import Node

from efficientsam3_ros.core.errors.one_line import one_line


class Failures:
    """Tells the node, in its own thread, that too many messages in a row have failed.

    Args:
        node: Its executor runs ``give_up``.
        what: The messages, in the plural.
        check: What to look at before the node is configured again.
        limit: Returns how many are too many; 0 for no limit.
        give_up: Ends the work; a worker cannot be ended by its own thread.

    Attributes:
        reason: What happened and what to do; empty while nothing did.
    """

    def __init__(
        self,
        node: Node,
        what: str,
        check: str,
        limit: Callable[[], int],
        give_up: Callable[[], None],
    ) -> None:
        self.reason = ''
        self._what, self._check = what, check
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
            f'{count} {self._what} in a row could not be processed ({one_line(error)[:300]}); the '
            f'node is unconfigured. Check {self._check}, then run the transitions configure and '
            'activate.'
        )
        self._guard.trigger()

    def forget(self) -> None:
        """Begin anew: what failed before counts no more."""
        self.reason = ''

    def _tell(self) -> None:
        if self.reason:
            self._give_up()
