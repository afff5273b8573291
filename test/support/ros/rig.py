"""What rigs of a node and a probe share: they serve callbacks until something is true."""

from __future__ import annotations

from collections.abc import Callable
import time
from typing import Any

from rclpy.node import Node

# Passed by a fault only: a machine under load may keep us waiting for long.
TIMEOUT_S = 60.0


class Rig:
    """A node under test and a probe; ``reports`` collects the node's diagnostics."""

    probe: Node
    executor: Any
    reports: list[dict[str, str]]

    def spin_until(self, done: Callable[[], Any], what: str) -> None:
        """Serve callbacks until something is true; fail with its description otherwise."""
        end = time.monotonic() + TIMEOUT_S
        while not done():
            assert time.monotonic() < end, f'timed out waiting for {what}; {self.reports[-1:]}'
            self._serve()

    def spin_for(self, seconds: float) -> None:
        """Serve callbacks for a time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._serve()

    def _serve(self) -> None:
        """Serve one callback, or wait a moment."""
        self.executor.spin_once(timeout_sec=0.02)

    def report_where(self, accept: Callable[[dict[str, str]], bool], what: str) -> dict[str, str]:
        """Wait for a diagnostics report."""
        start = len(self.reports)
        self.spin_until(lambda: any(accept(r) for r in self.reports[start:]), what)
        return next(r for r in self.reports[start:] if accept(r))

    def call(self, service_type: Any, name: str, request: Any) -> Any:
        """Call a service and return its response."""
        client = self.probe.create_client(service_type, name)
        self.spin_until(client.service_is_ready, f'service {name}')
        future = client.call_async(request)
        self.spin_until(future.done, f'the answer of {name}')
        self.probe.destroy_client(client)
        return future.result()
