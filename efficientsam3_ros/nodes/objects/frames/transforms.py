"""Transforms of one moment, from tf2."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.time import Time

from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.nodes.objects.faults import Cause, SceneFault

_LENGTH = 1e-2


class Transforms:
    """Looks transforms up at a stamp, never at the latest one.

    Args:
        buffer: ``tf2_ros.Buffer`` or whatever has its ``lookup_transform``.
        timeout_s: How long a transform is waited for, seconds; it often comes after the image.
        listener: What fills the buffer, kept alive here.
    """

    def __init__(self, buffer: Any, timeout_s: float, listener: Any = None) -> None:
        self._buffer = buffer
        self._timeout = Duration(seconds=timeout_s)
        self._listener = listener

    def close(self) -> None:
        """Stop listening."""
        if hasattr(self._listener, 'unregister'):
            self._listener.unregister()
        self._listener = None

    def matrix(self, target: str, source: str, stamp: Any) -> np.ndarray:
        """Return what takes points of a source frame to a target frame.

        Args:
            target: Frame.
            source: Frame.
            stamp: ``builtin_interfaces/Time``.

        Returns:
            float64 (4, 4), metres.

        Raises:
            SceneFault: If there is no such transform at that time.
        """
        target, source = target.lstrip('/'), source.lstrip('/')
        if target == source:
            return np.eye(4)
        try:
            found = self._buffer.lookup_transform(
                target, source, Time.from_msg(stamp), self._timeout
            )
            return _matrix(found.transform)
        except Exception as error:  # tf2 has many kinds
            raise SceneFault(
                Cause.NO_TRANSFORM,
                f'No transform from "{source}" to "{target}" at {stamp.sec}.{stamp.nanosec:09d} '
                f'({one_line(error)[:200]}); check that somebody publishes it, the clocks, and '
                'the parameters output_frame, gravity_frame, register_depth and tf_timeout.',
            ) from error


def open_transforms(node: Node, timeout_s: float) -> Transforms:
    """Return transforms that listen to ``/tf`` and ``/tf_static``.

    Raises:
        ValueError: If tf2_ros is not installed.
    """
    if find_spec('tf2_ros') is None:
        raise ValueError(
            'output_frame, gravity_frame and register_depth need tf2_ros, which is not installed; '
            'install ros-<distribution>-tf2-ros, or leave all three out for results in the frame '
            'of the image, with depth that the driver aligns.'
        )
    tf2 = import_module('tf2_ros')
    buffer = tf2.Buffer()
    return Transforms(buffer, timeout_s, tf2.TransformListener(buffer, node))


def _matrix(transform: Any) -> np.ndarray:
    turn, move = transform.rotation, transform.translation
    quaternion = np.array([turn.x, turn.y, turn.z, turn.w], np.float64)
    length = float(np.linalg.norm(quaternion))
    place = np.array([move.x, move.y, move.z], np.float64)
    if not (abs(length - 1) < _LENGTH and np.isfinite(place).all()):
        raise ValueError('its numbers are no rotation and translation')
    x, y, z, w = quaternion / length
    matrix = np.eye(4)
    matrix[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrix[:3, 3] = place
    return matrix
