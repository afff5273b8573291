from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')

from rclpy.context import Context  # noqa: E402
from rclpy.executors import InvalidHandle  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.waitable import NumberOfEntities, Waitable  # noqa: E402

from efficientsam3_ros.nodes.support.steady_executor import SteadyExecutor  # noqa: E402

pytestmark = pytest.mark.dds


class Gone(Waitable):
    """Is destroyed between the moment it is listed and the moment it is waited for."""

    def get_num_entities(self):
        return NumberOfEntities()

    def add_to_wait_set(self, wait_set):
        raise InvalidHandle('destruction was requested')

    def is_ready(self, wait_set):
        return False


def test_what_is_destroyed_meanwhile_does_not_end_the_executor():
    context = Context()
    rclpy.init(context=context)
    node, fired = Node('worker', context=context), []
    executor = SteadyExecutor(2, context=context)
    executor.add_node(node)
    gone = Gone(node.default_callback_group)
    node.add_waitable(gone)
    node.create_timer(0.001, lambda: fired.append(1))
    for _ in range(3):
        executor.spin_once(timeout_sec=0.05)
    assert not fired
    node.remove_waitable(gone)
    for _ in range(200):
        executor.spin_once(timeout_sec=0.05)
        if fired:
            break
    assert fired
    executor.shutdown()
    node.destroy_node()
    rclpy.shutdown(context=context)
