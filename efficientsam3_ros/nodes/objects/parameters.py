"""The objects node's parameters, checked all-or-nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields

from rcl_interfaces.msg import SetParametersResult
from rclpy.node import Node
from rclpy.parameter import Parameter

from efficientsam3_ros.nodes.objects.settings import ObjectSettings
from efficientsam3_ros.nodes.support.declaration import as_lists, changed, declare


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
            self._refuse(parameters)
            changed(self.settings, parameters)
        except (TypeError, ValueError) as error:
            return SetParametersResult(successful=False, reason=str(error))
        if not self._has_post_callback:  # Humble
            self._apply(parameters)
        return SetParametersResult(successful=True)

    def _refuse(self, parameters: Sequence[Parameter]) -> None:
        gone = [p.name for p in parameters if p.type_ is Parameter.Type.NOT_SET]
        if gone:
            raise ValueError(f'{", ".join(gone)} cannot be deleted; set a value.')
        structural = {i.name for i in fields(ObjectSettings) if i.metadata.get('structural')}
        fixed = [p.name for p in parameters if p.name in structural]
        if fixed and self._configured():
            raise ValueError(
                f'{", ".join(fixed)} can change only while the node is unconfigured; run the '
                'lifecycle transitions deactivate and cleanup first.'
            )

    def _apply(self, parameters: Sequence[Parameter]) -> None:
        self.settings = changed(self.settings, parameters)
