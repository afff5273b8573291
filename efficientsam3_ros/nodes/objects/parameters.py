"""The objects node's parameters, checked all-or-nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rcl_interfaces.msg import SetParametersResult
from rclpy.node import Node
from rclpy.parameter import Parameter

from efficientsam3_ros.nodes.objects.settings import ObjectSettings
from efficientsam3_ros.nodes.support.declaration import (
    as_lists,
    changed,
    declare,
    refuse_deletion,
    refuse_structural,
)


class ObjectParameters:
    """The parameters of an objects node; a change is taken as a whole or refused as a whole.

    Args:
        node: Gets the parameters.
        configured: Tells whether structural parameters are in use.

    Attributes:
        settings: The values in force.

    Raises:
        ValueError: If a value given at start is out of range.
    """

    def __init__(self, node: Node, configured: Callable[[], bool]) -> None:
        self._configured = configured
        self.settings = declare(node, ObjectSettings())
        if hasattr(node, 'add_pre_set_parameters_callback'):  # not in Humble
            node.add_pre_set_parameters_callback(lambda given: as_lists(self.settings, given))
        node.add_on_set_parameters_callback(self._check)
        self._has_post_callback = hasattr(node, 'add_post_set_parameters_callback')
        if self._has_post_callback:
            node.add_post_set_parameters_callback(self._apply)

    def _check(self, parameters: Sequence[Parameter]) -> SetParametersResult:
        try:
            refuse_deletion(parameters)
            if self._configured():
                refuse_structural(ObjectSettings, parameters)
            changed(self.settings, parameters)
        except (TypeError, ValueError) as error:
            return SetParametersResult(successful=False, reason=str(error))
        if not self._has_post_callback:  # Humble
            self._apply(parameters)
        return SetParametersResult(successful=True)

    def _apply(self, parameters: Sequence[Parameter]) -> None:
        self.settings = changed(self.settings, parameters)
