"""Starting ROS and a node; whatever goes wrong ends in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import sys
from typing import Protocol

import rclpy
from rclpy.exceptions import NameValidationException, ParameterException
from rclpy.executors import Executor

from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.core.errors.report import report
from efficientsam3_ros.nodes.support.interruption import until_interrupted


class ClosableNode(Protocol):
    """A node that holds threads or files."""

    def close(self) -> None:
        """Free what it holds."""

    def destroy_node(self) -> None:
        """Take it from the graph."""


def exit_code(run: Callable[[], int]) -> int:
    """Run a node's program; return its exit code, or that of an error, told in one line.

    Args:
        run: The program.
    """
    try:
        return run()
    except Exception as error:
        text, code = report(error)
        print(f'error: {text}', file=sys.stderr)
        return code


@contextmanager
def start(args: list[str] | None) -> Iterator[None]:
    """Start ROS, then run the block that makes the node.

    Args:
        args: The command line; None takes that of the process.

    Raises:
        SystemExit: With code 2, after one line, if arguments or parameters cannot be used.
    """
    try:
        _init(args)
        yield
    except (ValueError, ParameterException, NameValidationException) as error:
        print(f'error: {one_line(error)}', file=sys.stderr)
        rclpy.try_shutdown()
        raise SystemExit(2) from None


def run_node(
    make: Callable[[], ClosableNode], executor: Callable[[], Executor], args: list[str] | None
) -> int:
    """Run a node until it is interrupted; return exit code 0.

    Args:
        make: Makes the node, after ROS was started.
        executor: Makes what serves it.
        args: As of :func:`start`.

    Raises:
        SystemExit: With code 2, if it cannot start with what was given.
    """
    with start(args):
        node = make()
    served = executor()
    served.add_node(node)
    try:
        with until_interrupted():
            served.spin()
    finally:
        node.close()
        node.destroy_node()
        rclpy.try_shutdown()
    return 0


def _init(args: list[str] | None) -> None:
    try:
        rclpy.init(args=args)
    except RuntimeError as error:
        raise ValueError(f'ROS cannot use its arguments: {one_line(error)}') from None
