"""ROS parameters declared from the fields of a dataclass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import Field, fields, replace
import math
from typing import Any, TypeVar, cast

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node
from rclpy.parameter import Parameter

ConfigT = TypeVar('ConfigT')


def declare(node: Node, defaults: ConfigT, prefix: str = '') -> ConfigT:
    """Declare one parameter for each field.

    Args:
        node: Gets the parameters.
        defaults: A dataclass whose fields' metadata hold ``description``, and optionally ``low``
            and ``high``, ``choices``, ``read_only``.
        prefix: Put before each field's name.

    Returns:
        The dataclass with the values given at start.

    Raises:
        ValueError: If the dataclass refuses them.
    """
    declared = []
    for item in fields(cast(Any, defaults)):
        value = getattr(defaults, item.name)
        if isinstance(value, tuple):
            # rclpy takes an empty list for bytes; a blank entry keeps the type.
            value = list(value) or ['']
        name = prefix + item.name
        declared.append(node.declare_parameter(name, value, _descriptor(item, value)))
    return changed(defaults, declared, prefix)


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


def changed(config: ConfigT, parameters: Sequence[Parameter], prefix: str = '') -> ConfigT:
    """Return the dataclass with the parameters' values; other parameters are passed over.

    Raises:
        ValueError: If the dataclass refuses them.
    """
    names = {prefix + item.name: item.name for item in fields(cast(Any, config))}
    changes: dict[str, Any] = {
        names[parameter.name]: tuple(parameter.value)
        if parameter.type_ == Parameter.Type.STRING_ARRAY
        else parameter.value
        for parameter in parameters
        if parameter.name in names
    }
    return replace(cast(Any, config), **changes) if changes else config
