"""ROS parameters declared from dataclass fields, checked all-or-nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import Field, fields, replace
import math
from typing import Any, TypeVar

from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    SetParametersResult,
)
from rclpy.node import Node
from rclpy.parameter import Parameter

from efficientsam3_ros.nodes.settings import NodeSettings
from efficientsam3_ros.tracking import TrackerConfig

TRACKING = 'tracking.'
"""Prefix of the parameters that belong to ``TrackerConfig``."""

ConfigT = TypeVar('ConfigT', NodeSettings, TrackerConfig)


class TrackerParameters:
    """The parameters of a tracker node.

    A change is checked as a whole and refused as a whole with a sentence; it is acted upon only
    after it was accepted.

    Args:
        node: Gets the parameters.
        applied: Called after an accepted change with the names that changed.
        configured: Tells whether structural parameters are in use.
    """

    def __init__(
        self,
        node: Node,
        applied: Callable[[frozenset[str]], None],
        configured: Callable[[], bool],
    ) -> None:
        self._applied = applied
        self._configured = configured
        self.settings = _declare(node, NodeSettings(), '')
        self.tracking = _declare(node, TrackerConfig(), TRACKING)
        node.add_on_set_parameters_callback(self._check)
        self._has_post_callback = hasattr(node, 'add_post_set_parameters_callback')
        if self._has_post_callback:
            node.add_post_set_parameters_callback(self._apply)

    def _check(self, parameters: Sequence[Parameter]) -> SetParametersResult:
        try:
            self._refuse_structural(parameters)
            _changed(self.settings, parameters, '')
            _changed(self.tracking, parameters, TRACKING)
        except (TypeError, ValueError) as error:
            return SetParametersResult(successful=False, reason=str(error))
        if not self._has_post_callback:  # Humble
            self._apply(parameters)
        return SetParametersResult(successful=True)

    def _refuse_structural(self, parameters: Sequence[Parameter]) -> None:
        names = {item.name for item in fields(NodeSettings) if item.metadata.get('structural')}
        wanted = [parameter.name for parameter in parameters if parameter.name in names]
        if wanted and self._configured():
            raise ValueError(
                f'{", ".join(wanted)} can change only while the node is unconfigured; run the '
                'lifecycle transitions deactivate and cleanup first.'
            )

    def _apply(self, parameters: Sequence[Parameter]) -> None:
        self.settings = _changed(self.settings, parameters, '')
        self.tracking = _changed(self.tracking, parameters, TRACKING)
        self._applied(frozenset(parameter.name for parameter in parameters))


def _declare(node: Node, defaults: ConfigT, prefix: str) -> ConfigT:
    declared = []
    for item in fields(defaults):
        value = getattr(defaults, item.name)
        if isinstance(value, tuple):
            # rclpy takes an empty list for bytes; a blank entry keeps the type.
            value = list(value) or ['']
        name = prefix + item.name
        declared.append(node.declare_parameter(name, value, _descriptor(item, value)))
    return _changed(defaults, declared, prefix)


def _descriptor(item: Field[Any], value: Any) -> ParameterDescriptor:
    descriptor = ParameterDescriptor(
        description=item.metadata['description'],
        read_only=bool(item.metadata.get('read_only')),
    )
    if 'choices' in item.metadata:
        descriptor.additional_constraints = f'One of: {", ".join(item.metadata["choices"])}'
    if 'low' not in item.metadata:
        return descriptor
    low, high = item.metadata['low'], item.metadata['high']
    if isinstance(value, int):
        descriptor.integer_range = [IntegerRange(from_value=low, to_value=high, step=0)]
    elif math.isnan(value):
        # rclpy would refuse NaN by the range; the dataclass checks it as well.
        descriptor.additional_constraints = f'NaN, or from {low} to {high}'
    else:
        descriptor.floating_point_range = [
            FloatingPointRange(from_value=float(low), to_value=float(high), step=0.0)
        ]
    return descriptor


def _changed(config: ConfigT, parameters: Sequence[Parameter], prefix: str) -> ConfigT:
    names = {prefix + item.name: item.name for item in fields(config)}
    changes: dict[str, Any] = {
        names[parameter.name]: tuple(parameter.value)
        if parameter.type_ == Parameter.Type.STRING_ARRAY
        else parameter.value
        for parameter in parameters
        if parameter.name in names
    }
    return replace(config, **changes) if changes else config
