"""Starts the simulated tabletop camera and a tracker on it; needs no hardware.

The scene is that of ``efficientsam3 demo``.

ros2 launch efficientsam3_ros demo.launch.py prompts:="mug, screwdriver"
"""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription, OpaqueFunction
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

from efficientsam3_ros.engine import DEFAULT_BUNDLE
from efficientsam3_ros.nodes.cameras.simulation_source import CameraSettings
from efficientsam3_ros.nodes.support import launch_texts

PACKAGE = 'efficientsam3_ros'

CAMERA = ('seed', 'pack', 'rate', 'prerender_seconds')
"""Settings of the camera that are arguments, too."""

ARGUMENTS = {
    'prompts': ('box, mug, marker, bowl', 'Concepts, also those of the ground truth.'),
    'bundle': (DEFAULT_BUNDLE, 'Embedded bundle or path of a folder.'),
    'seed': ('42', 'Which scene.'),
    'pack': ('printed', 'Objects: printed looks like a real table; clean has plain colors.'),
    'rate': ('15.0', 'Images a second.'),
    'prerender_seconds': ('10.0', 'Film length that is rendered at start; 0.0 renders live.'),
    'log_level': ('info', 'debug, info, warn, error or fatal; also <logger>:=<level>.'),
    'fastdds_profile': ('true', 'Set the Fast DDS profile for images unless another is set.'),
}


def start_camera(context):
    def value(name):
        return LaunchConfiguration(name).perform(context)

    texts = {'concepts': value('prompts'), **{name: value(name) for name in CAMERA}}
    camera = Node(
        package=PACKAGE,
        executable='simulated_camera',
        namespace='camera',
        output='screen',
        parameters=[launch_texts.parameters(CameraSettings, texts)],
        ros_arguments=['--log-level', value('log_level')],
    )
    return [camera]


def generate_launch_description():
    declared = [
        DeclareLaunchArgument(name, default_value=default, description=description)
        for name, (default, description) in ARGUMENTS.items()
    ]
    tracker_file = PathJoinSubstitution([FindPackageShare(PACKAGE), 'launch', 'tracker.launch.py'])
    passed = ('prompts', 'bundle', 'log_level', 'fastdds_profile')
    tracker = IncludeLaunchDescription(
        PythonLaunchDescriptionSource(tracker_file),
        launch_arguments={
            'image': '/camera/image_raw',
            **{name: LaunchConfiguration(name) for name in passed},
        }.items(),
    )
    # The tracker's file sets the Fast DDS profile, for what is started after it, too.
    return LaunchDescription([*declared, tracker, OpaqueFunction(function=start_camera)])
