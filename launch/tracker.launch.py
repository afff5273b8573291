"""Starts the tracker on an image topic.

ros2 launch efficientsam3_ros tracker.launch.py image:=/camera/color/image_raw \
    prompts:="red mug, screwdriver"

A parameter that is left out takes its value from the parameter file.
"""

from dataclasses import fields
import os

from launch import LaunchDescription, Substitution
from launch.actions import DeclareLaunchArgument, OpaqueFunction, SetEnvironmentVariable
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import LifecycleNode
from launch_ros.substitutions import FindPackageShare

from efficientsam3_ros.nodes.support import launch_texts
from efficientsam3_ros.nodes.support.fastdds_profile import profile_environment
from efficientsam3_ros.nodes.tracker.settings import NodeSettings

PACKAGE = 'efficientsam3_ros'

PARAMETERS = (
    *('prompts', 'bundle', 'engine', 'threads', 'spin', 'image_transport', 'reliability'),
    'autostart',
)
"""Settings of the node that are arguments, too."""

ARGUMENTS = {
    'image': (
        'image',
        'Topic of the images; one that ends in /compressed is taken for compressed ones.',
    ),
    'name': ('tracker', 'Name of the node.'),
    'namespace': ('', 'Namespace of the node.'),
    'respawn': ('false', 'Start the node again, after 2 s, when it ends.'),
    'log_level': ('info', 'debug, info, warn, error or fatal; also <logger>:=<level>.'),
    'remaps': ('', 'Further remappings, separated by spaces: "~/instances:=/masks".'),
    'fastdds_profile': (
        'true',
        'Set the Fast DDS profile of config/fastdds_images.xml unless another is set.',
    ),
}


class LeftOut(Substitution):
    """Default of an argument that leaves the value to the parameter file.

    Args:
        text: The node's own default, for --show-args.
    """

    def __init__(self, text):
        super().__init__()
        self.text = text

    def describe(self):
        """Return what --show-args prints."""
        return f"'{self.text}', unless params_file says otherwise"

    def perform(self, context):
        """Return the value of an argument that was not given."""
        return ''


def start_tracker(context):
    def value(name):
        return LaunchConfiguration(name).perform(context)

    given = launch_texts.parameters(NodeSettings, {name: value(name) for name in PARAMETERS})
    if sim_time := value('use_sim_time'):
        given['use_sim_time'] = launch_texts.flag('use_sim_time', sim_time)
    tracker = LifecycleNode(
        package=PACKAGE,
        executable='tracker_node',
        name=value('name'),
        namespace=value('namespace'),
        output='screen',
        parameters=[value('params_file'), *filter(None, [given])],
        remappings=launch_texts.remappings(value('image'), value('remaps')),
        ros_arguments=['--log-level', value('log_level')],
        respawn=launch_texts.flag('respawn', value('respawn')),
        respawn_delay=2.0,
    )
    return [tracker]


def set_profile(context):
    """Let large images through, to the tracker and to cameras that are started after it."""
    wanted = LaunchConfiguration('fastdds_profile').perform(context)
    if not launch_texts.flag('fastdds_profile', wanted):
        return []
    return [SetEnvironmentVariable(*item) for item in profile_environment(os.environ).items()]


def generate_launch_description():
    params_file = PathJoinSubstitution([FindPackageShare(PACKAGE), 'config', 'tracker.yaml'])
    settings = {item.name: item for item in fields(NodeSettings)}
    arguments = {
        **ARGUMENTS,
        'params_file': (params_file, 'Parameters that are not given here.'),
        'use_sim_time': (LeftOut('false'), 'Take the time from /clock.'),
    }
    for name in PARAMETERS:
        item = settings[name]
        default = LeftOut(launch_texts.shown_default(item.default))
        arguments[name] = (default, item.metadata['description'])
    declared = [
        DeclareLaunchArgument(name, default_value=default, description=description)
        for name, (default, description) in arguments.items()
    ]
    actions = [OpaqueFunction(function=function) for function in (set_profile, start_tracker)]
    return LaunchDescription([*declared, *actions])
