"""The node's report on ``/diagnostics``."""

from __future__ import annotations

from collections.abc import Callable

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.clock import Clock, ClockType
from rclpy.node import Node

from efficientsam3_ros.nodes.tracker.condition import Condition
from efficientsam3_ros.nodes.tracker.health import Health, judge
from efficientsam3_ros.tracking.live.statistics import Statistics


class Reporter:
    """Publishes one ``DiagnosticStatus`` in a fixed period, in every life-cycle state.

    Args:
        node: Gets publisher and timer.
        statistics: Where the figures come from.
        condition: Returns the node's condition.
        period_s: Seconds between two reports, by the wall clock.
    """

    def __init__(
        self,
        node: Node,
        statistics: Statistics,
        condition: Callable[[], Condition],
        period_s: float,
    ) -> None:
        self._node = node
        self._statistics = statistics
        self._condition = condition
        self._last = statistics.summary()
        self._publisher = node.create_publisher(DiagnosticArray, '/diagnostics', 10)
        # Simulated time may stand still, and then a report is needed most.
        clock = Clock(clock_type=ClockType.STEADY_TIME)
        self._timer = node.create_timer(period_s, self._report, clock=clock)

    def _report(self) -> None:
        summary = self._statistics.summary()
        condition = self._condition()
        health = judge(summary, self._last, condition)
        self._last = summary
        self._publisher.publish(self._message(health, condition))

    def _message(self, health: Health, condition: Condition) -> DiagnosticArray:
        message = DiagnosticArray()
        message.header.stamp = self._node.get_clock().now().to_msg()
        values = {'model': condition.model, 'topic': condition.topic, **health.values}
        status = DiagnosticStatus(
            level=getattr(DiagnosticStatus, health.level.name),
            name=f'{self._node.get_fully_qualified_name()[1:]}: tracker',
            message=health.message,
            hardware_id='efficientsam3_ros',
            values=[KeyValue(key=key, value=value) for key, value in values.items()],
        )
        message.status = [status]
        return message
