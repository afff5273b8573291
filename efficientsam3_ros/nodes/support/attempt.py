"""Configuring and freeing what a node holds; no reason of a failure is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.lifecycle import TransitionCallbackReturn

from efficientsam3_ros.core.errors.one_line import one_line


def attempt(
    configure: Callable[[], None],
    faults: tuple[type[Exception], ...],
    note: Callable[[str], None],
    logger: Any,
) -> TransitionCallbackReturn:
    """Run what configures a node; what it raises is noted and logged, and leaves it unconfigured.

    Args:
        configure: Raises if it cannot.
        faults: What may be expected of it; the text names cause and remedy.
        note: Called with the reason.
        logger: Of rclpy.

    Raises:
        Exception: What was not to be expected, so that rclpy runs ``on_error``.
    """
    try:
        configure()
    except faults as error:
        note(str(error))
        logger.error(f'Cannot configure: {error}')
        return TransitionCallbackReturn.FAILURE
    except Exception as error:
        # rclpy swallows what a transition raises; without this the reason would be lost.
        note(repr(error))
        logger.error(f'Cannot configure, unexpectedly: {error!r}')
        raise
    return TransitionCallbackReturn.SUCCESS


def free(close: Callable[[], None], logger: Any) -> None:
    """Free what a failed node holds, as far as it can be.

    Args:
        close: Frees it.
        logger: Of rclpy.
    """
    try:
        close()
    except Exception as error:
        # What is broken, as a lost GPU, cannot be freed in order; configure makes all of it anew.
        logger.warning(f'Not all could be freed: {one_line(error)}')
