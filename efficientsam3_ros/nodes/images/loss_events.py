"""What the installed ROS 2 tells of messages that get lost."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from rclpy.subscription import Subscription

from efficientsam3_ros.tracking.live.missing import Source

# The module's name since Iron, and in Humble.
_MODULES = ('rclpy.event_handler', 'rclpy.qos_event')


def loss_source() -> Source:
    """Return the best source of losses that rclpy has."""
    if hasattr(Subscription, 'CallbackType'):
        # A callback of two arguments gets the message's number.
        return Source.NUMBERS
    return Source.EVENTS if _callbacks() is not None else Source.STAMPS


def loss_events(lost: Callable[[int], None]) -> Any | None:
    """Return ``SubscriptionEventCallbacks`` that report lost messages; None if there are none.

    Args:
        lost: Called with the number of messages lost since the last call.
    """
    kind = _callbacks()
    if kind is None:
        return None
    return kind(message_lost=lambda status: lost(status.total_count_change))


def _callbacks() -> Any | None:
    """Return the class where the middleware supports the event."""
    rmw = import_module('rclpy.utilities').get_rmw_implementation_identifier()
    if not ('fastrtps' in rmw or 'cyclonedds' in rmw):
        # Others may refuse the whole subscription.
        return None
    module = next((name for name in _MODULES if find_spec(name)), None)
    return getattr(import_module(module), 'SubscriptionEventCallbacks', None) if module else None
