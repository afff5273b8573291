"""Ending a node by Ctrl-C or SIGTERM without noise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import rclpy
from rclpy.executors import ExternalShutdownException


@contextmanager
def until_interrupted() -> Iterator[None]:
    """Run a block until it ends or the process is asked to stop."""
    try:
        yield
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    except Exception:
        # Who publishes at the very moment of the shutdown fails; that is no fault.
        if rclpy.ok():
            raise
