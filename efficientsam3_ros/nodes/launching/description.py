"""From arguments to nodes, with launch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
import os
from typing import Any

from launch import LaunchDescription, Substitution
from launch.actions import (
    DeclareLaunchArgument,
    IncludeLaunchDescription,
    OpaqueFunction,
    SetEnvironmentVariable,
)
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import LifecycleNode
from launch_ros.substitutions import FindPackageShare

from efficientsam3_ros.nodes.support import launch_texts
from efficientsam3_ros.nodes.support.fastdds_profile import profile_environment

PACKAGE = 'efficientsam3_ros'
Texts = Callable[[str], str]
"""Argument to its text, '' where it was left out."""


class LeftOut(Substitution):
    """Default of an argument that leaves the value to the parameter file.

    Args:
        text: The node's own default, for --show-args.
        file: The argument that names the file.
    """

    def __init__(self, text: str, file: str) -> None:
        super().__init__()
        self.text, self.file = text, file

    def describe(self) -> str:
        """Return what --show-args prints."""
        return f"'{self.text}', unless {self.file} says otherwise"

    def perform(self, context: Any) -> str:
        """Return the value of an argument that was not given."""
        return ''


def share(folder: str, name: str) -> PathJoinSubstitution:
    """Return an installed file of ours."""
    return PathJoinSubstitution([FindPackageShare(PACKAGE), folder, name])


def texts_of(context: Any) -> Texts:
    """Return what gives the texts of arguments."""

    def text(name: str) -> str:
        return str(LaunchConfiguration(name).perform(context))

    return text


def node_arguments(
    settings: type, names: Mapping[str, str], file: str, shipped: str
) -> dict[str, tuple[Any, str]]:
    """Return the arguments that are parameters, and those that go with them.

    Args:
        settings: The dataclass that the node declares.
        names: Argument to the field that it sets.
        file: Name of the argument for the parameter file.
        shipped: The file in ``config`` that is its default.

    Returns:
        Name to default and description.
    """
    known = {item.name: item for item in fields(settings)}
    arguments: dict[str, tuple[Any, str]] = {
        file: (share('config', shipped), 'Parameters that are not given here.'),
        'use_sim_time': (LeftOut('false', file), 'Take the time from /clock.'),
    }
    for name, field in names.items():
        item = known[field]
        default = LeftOut(launch_texts.shown_default(item.default), file)
        arguments[name] = (default, item.metadata['description'])
    return arguments


def describe(
    arguments: Mapping[str, tuple[Any, str]], *functions: Callable[[Any], list[Any]]
) -> LaunchDescription:
    """Return a description that declares arguments, then runs functions on their values.

    Args:
        arguments: Name to default and description; None for no default.
        functions: Each is given the context and returns actions.
    """
    declared = [
        DeclareLaunchArgument(name, default_value=default, description=description)
        for name, (default, description) in arguments.items()
    ]
    return LaunchDescription([*declared, *(OpaqueFunction(function=f) for f in functions)])


def lifecycle_node(
    text: Texts,
    executable: str,
    file: str,
    given: Mapping[str, Any],
    remappings: Sequence[tuple[str, str]],
) -> LifecycleNode:
    """Return one of our nodes.

    Args:
        text: Of the arguments.
        executable: Of this package.
        file: Name of the argument for the parameter file.
        given: Parameters that override the file.
        remappings: Beside those of name and namespace.
    """
    parameters = dict(given)
    if sim_time := text('use_sim_time'):
        parameters['use_sim_time'] = launch_texts.flag('use_sim_time', sim_time)
    return LifecycleNode(
        package=PACKAGE,
        executable=executable,
        name=text('name'),
        namespace=text('namespace'),
        output='screen',
        parameters=[text(file), *filter(None, [parameters])],
        remappings=list(remappings),
        ros_arguments=['--log-level', text('log_level')],
        respawn=launch_texts.flag('respawn', text('respawn')),
        respawn_delay=2.0,
    )


def include(name: str, arguments: Mapping[str, Any]) -> IncludeLaunchDescription:
    """Return the inclusion of another of our launch files, which sees all that is set here.

    Args:
        name: Of the file.
        arguments: What it is to take for another value.
    """
    source = PythonLaunchDescriptionSource(share('launch', name))
    return IncludeLaunchDescription(source, launch_arguments=arguments.items())


def set_profile(context: Any) -> list[SetEnvironmentVariable]:
    """Let large images through, to our nodes and to cameras that are started after them."""
    wanted = texts_of(context)('fastdds_profile')
    if not launch_texts.flag('fastdds_profile', wanted):
        return []
    return [SetEnvironmentVariable(*item) for item in profile_environment(os.environ).items()]
