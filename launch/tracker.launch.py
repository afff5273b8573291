"""Starts the tracker on an image topic.

ros2 launch efficientsam3_ros tracker.launch.py image:=/camera/color/image_raw \
    prompts:="['red mug', 'screwdriver']"

An argument that is left out takes its value from the parameter file.
"""

import os

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction, SetEnvironmentVariable
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import LifecycleNode
from launch_ros.substitutions import FindPackageShare
import yaml

from efficientsam3_ros.nodes.support.fastdds_profile import profile_environment

PACKAGE = 'efficientsam3_ros'

PARAMETERS = {
    'prompts': "Concepts as a list: ['red mug', 'screwdriver'].",
    'bundle': 'Embedded bundle or path of a folder.',
    'engine': 'Inference backend.',
    'threads': 'CPU threads of the engine; 0 takes half of the cores, at least 2 and at most 4.',
    'spin': 'Let the threads spin: faster on an idle machine only.',
    'image_transport': 'raw, or compressed to subscribe to <image>/compressed.',
    'reliability': 'QoS of the images: auto, best_effort or reliable.',
    'autostart': 'Configure and activate at once.',
    'use_sim_time': 'Take the time from /clock.',
}


def start_tracker(context):
    def value(name):
        return LaunchConfiguration(name).perform(context)

    given = {name: yaml.safe_load(value(name)) for name in PARAMETERS if value(name)}
    tracker = LifecycleNode(
        package=PACKAGE,
        executable='tracker_node',
        name=value('name'),
        namespace=value('namespace'),
        output='screen',
        parameters=[value('params_file'), given],
        remappings=[
            ('image', value('image')),
            ('image/compressed', value('image') + '/compressed'),
        ],
    )
    return [tracker]


def set_profile(context):
    """Let large images through, to the tracker and to cameras that are started after it."""
    if not yaml.safe_load(LaunchConfiguration('fastdds_profile').perform(context)):
        return []
    return [SetEnvironmentVariable(*item) for item in profile_environment(os.environ).items()]


def generate_launch_description():
    params_file = PathJoinSubstitution([FindPackageShare(PACKAGE), 'config', 'tracker.yaml'])
    arguments = {
        'image': ('image', 'Topic of the raw image; give it for compressed ones, too.'),
        'name': ('tracker', 'Name of the node.'),
        'namespace': ('', 'Namespace of the node.'),
        'params_file': (params_file, 'Parameters that are not given here.'),
        'fastdds_profile': (
            'true',
            'Set the Fast DDS profile of config/fastdds_images.xml unless another is set.',
        ),
        **{name: ('', description) for name, description in PARAMETERS.items()},
    }
    declared = [
        DeclareLaunchArgument(name, default_value=default, description=description)
        for name, (default, description) in arguments.items()
    ]
    actions = [OpaqueFunction(function=function) for function in (set_profile, start_tracker)]
    return LaunchDescription([*declared, *actions])
