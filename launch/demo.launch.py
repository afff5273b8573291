"""Starts the simulated tabletop camera and a tracker on it; needs no hardware.

ros2 launch efficientsam3_ros demo.launch.py prompts:="['mug', 'screwdriver']"
"""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription, OpaqueFunction
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare
import yaml

PACKAGE = 'efficientsam3_ros'

ARGUMENTS = {
    'prompts': ("['mug', 'banana', 'screwdriver']", 'Concepts, also those of the ground truth.'),
    'bundle': ('', 'Embedded bundle or path of a folder.'),
    'seed': ('7', 'Which scene.'),
    'rate': ('15.0', 'Images a second.'),
    'prerender_seconds': ('10.0', 'Film length that is rendered at start; 0.0 renders live.'),
    'fastdds_profile': ('true', 'Set the Fast DDS profile for images unless another is set.'),
}


def start_camera(context):
    def value(name):
        return yaml.safe_load(LaunchConfiguration(name).perform(context))

    camera = Node(
        package=PACKAGE,
        executable='simulated_camera',
        namespace='camera',
        output='screen',
        parameters=[
            {
                'seed': value('seed'),
                'rate': float(value('rate')),
                'prerender_seconds': float(value('prerender_seconds')),
                'concepts': value('prompts'),
            }
        ],
    )
    return [camera]


def generate_launch_description():
    declared = [
        DeclareLaunchArgument(name, default_value=default, description=description)
        for name, (default, description) in ARGUMENTS.items()
    ]
    tracker_file = PathJoinSubstitution([FindPackageShare(PACKAGE), 'launch', 'tracker.launch.py'])
    tracker = IncludeLaunchDescription(
        PythonLaunchDescriptionSource(tracker_file),
        launch_arguments={
            'image': '/camera/image_raw',
            'prompts': LaunchConfiguration('prompts'),
            'bundle': LaunchConfiguration('bundle'),
            'fastdds_profile': LaunchConfiguration('fastdds_profile'),
        }.items(),
    )
    # The tracker's file sets the Fast DDS profile, for what is started after it, too.
    return LaunchDescription([*declared, tracker, OpaqueFunction(function=start_camera)])
