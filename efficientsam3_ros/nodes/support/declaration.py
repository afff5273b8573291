"""ROS parameters declared from the fields of a dataclass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import Field, fields, replace
import math
from typing import Any, TypeVar, cast

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node
from rclpy.parameter import Parameter

from efficientsam3_ros.core.renames import renamed
from efficientsam3_ros.nodes.support.text_list import read_texts

ConfigT = TypeVar('ConfigT')


def declare(node: Node, defaults: ConfigT, prefix: str = '', read_only: bool = False) -> ConfigT:
    """Declare one parameter for each field.

    Args:
        node: Gets the parameters.
        defaults: A dataclass of ``core.settings``; its fields' metadata may hold ``read_only``.
        prefix: Put before each field's name.
        read_only: None of them changes after the start.

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
        declared.append(node.declare_parameter(name, value, _descriptor(item, value, read_only)))
    return changed(defaults, declared, prefix)


def refuse_renamed(node: Node, table: Mapping[str, str], prefix: str = '') -> None:
    """Refuse parameters given at start under an old name, which would else be passed over.

    Args:
        node: Was given the parameters.
        table: Old name to new.
        prefix: Put before both.

    Raises:
        ValueError: If one was given; the message names the new name.
    """
    names = {prefix + old: prefix + new for old, new in table.items()}
    given = []
    for old in names:
        # rclpy tells what was given only of declared names.
        kind = ParameterDescriptor(dynamic_typing=True)
        parameter = node.declare_parameter(old, None, kind)
        node.undeclare_parameter(old)
        given += [old] * (parameter.type_ is not Parameter.Type.NOT_SET)
    if clause := renamed(given, names):
        raise ValueError(f'{clause}; rename it in the launch or parameter file.')


def _descriptor(item: Field[Any], value: Any, read_only: bool) -> ParameterDescriptor:
    descriptor = ParameterDescriptor(
        description=item.metadata['description'],
        read_only=read_only or bool(item.metadata.get('read_only')),
        # A list of texts may also come as one text, see text_list.
        dynamic_typing=isinstance(item.default, tuple),
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
        names[parameter.name]: parameter.value
        for parameter in parameters
        if parameter.name in names
    }
    for name in changes.keys() & _text_lists(config):
        changes[name] = read_texts(name, changes[name])
    return replace(cast(Any, config), **changes) if changes else config


def as_lists(config: Any, parameters: Sequence[Parameter]) -> list[Parameter]:
    """Return the parameters with lists of texts as such; what cannot be read stays as it is."""
    names = _text_lists(config)
    return [_as_list(item) if item.name in names else item for item in parameters]


def text_list(name: str, texts: Sequence[str]) -> Parameter:
    """Return a parameter that is a list of texts; a blank entry keeps the type of an empty one."""
    return Parameter(name, Parameter.Type.STRING_ARRAY, list(texts) or [''])


def _as_list(parameter: Parameter) -> Parameter:
    if parameter.type_ is Parameter.Type.NOT_SET:  # an attempt to delete it
        return parameter
    try:
        return text_list(parameter.name, read_texts(parameter.name, parameter.value))
    except ValueError:
        return parameter


def _text_lists(config: Any) -> set[str]:
    return {item.name for item in fields(config) if isinstance(item.default, tuple)}


def refuse_deletion(parameters: Sequence[Parameter]) -> None:
    """Refuse a change that deletes parameters.

    Raises:
        ValueError: If one would be deleted; the message names it.
    """
    gone = [p.name for p in parameters if p.type_ is Parameter.Type.NOT_SET]
    if gone:
        raise ValueError(f'{", ".join(gone)} cannot be deleted; set a value.')


def refuse_structural(settings: type, parameters: Sequence[Parameter]) -> None:
    """Refuse a change of what is in use from configure to cleanup.

    Args:
        settings: The dataclass whose fields' metadata say ``structural``.
        parameters: The change, of a node that is configured.

    Raises:
        ValueError: If it concerns one of them; the message names it and the remedy.
    """
    names = {item.name for item in fields(settings) if item.metadata.get('structural')}
    wanted = [parameter.name for parameter in parameters if parameter.name in names]
    if wanted:
        raise ValueError(
            f'{", ".join(wanted)} can change only while the node is unconfigured; run the '
            'lifecycle transitions deactivate and cleanup first.'
        )
