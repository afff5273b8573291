"""Starts the objects node beside a tracker: clouds, boxes and grasps of what it sees.

ros2 launch efficientsam3_ros objects.launch.py image:=/camera/color/image_raw \
    depth:=/camera/aligned_depth_to_color/image_raw camera_info:=/camera/color/camera_info \
    prompts:="red mug, screwdriver"

With tracker_name and start_tracker:=false it works beside one that runs already. A parameter that
is left out takes its value from the parameter file.
"""

from dataclasses import fields
import os

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

from efficientsam3_ros.nodes.objects.settings import ObjectSettings
from efficientsam3_ros.nodes.support import launch_texts
from efficientsam3_ros.nodes.support.fastdds_profile import profile_environment

PACKAGE = 'efficientsam3_ros'

PARAMETERS = (
    *('image_transport', 'reliability', 'rectified', 'slop', 'queue', 'output_frame'),
    *('gravity_frame', 'max_range', 'voxel_size', 'target_phrase', 'autostart'),
    *('register_depth', 'depth_camera_info_topic'),
)
"""Settings of the node that are arguments, too."""

ARGUMENTS = {
    'image': ('image', 'Topic of the color images, the same that the tracker takes.'),
    'camera_info': ('camera_info', 'Topic of the calibration of the color camera.'),
    'prompts': ('', 'What the tracker looks for; see tracker.launch.py.'),
    'start_tracker': (
        'true',
        'Start the tracker, too; all arguments of tracker.launch.py may be given here.',
    ),
    'tracker_remaps': ('', 'Further remappings of the tracker, separated by spaces.'),
    'tracker_name': ('tracker', 'Name of the tracker node.'),
    'name': ('objects', 'Name of the node.'),
    'namespace': ('', 'Namespace of both nodes.'),
    'respawn': ('false', 'Start a node again, after 2 s, when it ends.'),
    'log_level': ('info', 'debug, info, warn, error or fatal; also <logger>:=<level>.'),
    'remaps': ('', 'Further remappings of this node, separated by spaces.'),
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
        return f"'{self.text}', unless objects_params_file says otherwise"

    def perform(self, context):
        """Return the value of an argument that was not given."""
        return ''


def start_objects(context):
    def value(name):
        return LaunchConfiguration(name).perform(context)

    given = launch_texts.parameters(ObjectSettings, {name: value(name) for name in PARAMETERS})
    given['tracker'] = value('tracker_name')
    if depth := value('depth'):
        given['depth_topic'] = depth
    if sim_time := value('use_sim_time'):
        given['use_sim_time'] = launch_texts.flag('use_sim_time', sim_time)
    remappings = launch_texts.remappings(value('image'), value('remaps'))
    objects = LifecycleNode(
        package=PACKAGE,
        executable='objects_node',
        name=value('name'),
        namespace=value('namespace'),
        output='screen',
        parameters=[value('objects_params_file'), given],
        remappings=[*remappings, ('camera_info', value('camera_info'))],
        ros_arguments=['--log-level', value('log_level')],
        respawn=launch_texts.flag('respawn', value('respawn')),
        respawn_delay=2.0,
    )
    return [objects]


def start_tracker(context):
    def value(name):
        return LaunchConfiguration(name).perform(context)

    if not launch_texts.flag('start_tracker', value('start_tracker')):
        return []
    file = PathJoinSubstitution([FindPackageShare(PACKAGE), 'launch', 'tracker.launch.py'])
    # An included file sees all that is set here; these two mean another thing there.
    own = {'name': value('tracker_name'), 'remaps': value('tracker_remaps')}
    return [
        IncludeLaunchDescription(PythonLaunchDescriptionSource(file), launch_arguments=own.items())
    ]


def set_profile(context):
    """Let large images through, to both nodes and to cameras that are started after them."""
    wanted = LaunchConfiguration('fastdds_profile').perform(context)
    if not launch_texts.flag('fastdds_profile', wanted):
        return []
    return [SetEnvironmentVariable(*item) for item in profile_environment(os.environ).items()]


def generate_launch_description():
    params_file = PathJoinSubstitution([FindPackageShare(PACKAGE), 'config', 'objects.yaml'])
    settings = {item.name: item for item in fields(ObjectSettings)}
    arguments = {
        **ARGUMENTS,
        'objects_params_file': (params_file, 'Parameters that are not given here.'),
        'use_sim_time': (LeftOut('false'), 'Take the time from /clock.'),
    }
    for name, field in {'depth': 'depth_topic', **{name: name for name in PARAMETERS}}.items():
        item = settings[field]
        default = LeftOut(launch_texts.shown_default(item.default))
        arguments[name] = (default, item.metadata['description'])
    declared = [
        DeclareLaunchArgument(name, default_value=default, description=description)
        for name, (default, description) in arguments.items()
    ]
    # The tracker comes last: what its file is given is seen by all that follows.
    functions = (set_profile, start_objects, start_tracker)
    actions = [OpaqueFunction(function=function) for function in functions]
    return LaunchDescription([*declared, *actions])
