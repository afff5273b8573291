"""A node with several threads that serves and calls actions."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
import time
from types import TracebackType
from typing import Any

import rclpy
from rclpy.action import ActionClient
from rclpy.context import Context
from rclpy.executors import MultiThreadedExecutor
from rclpy.node import Node

from efficientsam3_ros.action import Segment

# Passed by a fault only: a machine under load may keep us waiting for long.
TIMEOUT_S = 60.0


class ActionPeer:
    """Collects ``feedback`` of the goals that it sends."""

    def __init__(self, *nodes: Node, context: Context | None = None) -> None:
        self._owns_context = context is None
        self.context = context or Context()
        if self._owns_context:
            rclpy.init(context=self.context)
        self.node = Node('peer', context=self.context)
        self.feedback: list[Any] = []
        self.executor = MultiThreadedExecutor(4, context=self.context)
        for node in (self.node, *nodes):
            self.executor.add_node(node)
        self._thread = Thread(target=self.executor.spin, daemon=True)
        self._thread.start()

    def __enter__(self) -> ActionPeer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.executor.shutdown()
        self._thread.join(TIMEOUT_S)
        self.node.destroy_node()
        if self._owns_context:
            rclpy.shutdown(context=self.context)

    def wait(self, done: Callable[[], Any], what: str = 'it') -> None:
        """Wait until something is true."""
        end = time.monotonic() + TIMEOUT_S
        while not done():
            assert time.monotonic() < end, f'timed out waiting for {what}'
            time.sleep(0.005)

    def send(self, name: str, goal: Any) -> Any:
        """Send a goal; return its handle once it is accepted."""
        client = ActionClient(self.node, Segment, name)
        assert client.wait_for_server(TIMEOUT_S)
        future = client.send_goal_async(
            goal, feedback_callback=lambda message: self.feedback.append(message.feedback)
        )
        self.wait(future.done, 'the goal')
        assert future.result().accepted
        return future.result()

    def cancel(self, handle: Any) -> None:
        """Ask to cancel a goal."""
        self.wait(handle.cancel_goal_async().done, 'the answer to cancel')

    def result_of(self, handle: Any) -> Any:
        """Wait for a goal's result."""
        future = handle.get_result_async()
        self.wait(future.done, 'the result')
        return future.result().result
