"""The node's report on ``/diagnostics``."""

from __future__ import annotations

from collections.abc import Callable

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.clock import Clock, ClockType
from rclpy.node import Node

from efficientsam3_ros.nodes.objects.health import Report


class Reporter:
    """Publishes one ``DiagnosticStatus`` in a fixed period, in every life-cycle state.

    Args:
        node: Gets publisher and timer.
        report: Returns what is to be said.
        period_s: Seconds between two reports, by the wall clock.
    """

    def __init__(self, node: Node, report: Callable[[], Report], period_s: float) -> None:
        self._node, self._read = node, report
        self._publisher = node.create_publisher(DiagnosticArray, '/diagnostics', 10)
        # Simulated time may stand still, and then a report is needed most.
        clock = Clock(clock_type=ClockType.STEADY_TIME)
        self._timer = node.create_timer(period_s, self._report, clock=clock)

    def _report(self) -> None:
        report = self._read()
        message = DiagnosticArray()
        message.header.stamp = self._node.get_clock().now().to_msg()
        message.status = [
            DiagnosticStatus(
                level=getattr(DiagnosticStatus, report.level),
                name=f'{self._node.get_fully_qualified_name()[1:]}: objects',
                message=report.message,
                hardware_id='efficientsam3_ros',
                values=[KeyValue(key=key, value=text) for key, text in report.values.items()],
            )
        ]
        self._publisher.publish(message)
