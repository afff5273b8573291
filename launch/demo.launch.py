"""Starts the simulated tabletop camera and a tracker on it; needs no hardware.

The scene is that of ``efficientsam3 demo``.

ros2 launch efficientsam3_ros demo.launch.py prompts:="mug, screwdriver"
"""

from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node

from efficientsam3_ros.engine import DEFAULT_BUNDLE
from efficientsam3_ros.nodes.cameras.simulation_source import CameraSettings
from efficientsam3_ros.nodes.launching import description
from efficientsam3_ros.nodes.launching.arguments import SHARED
from efficientsam3_ros.nodes.support import launch_texts

CAMERA = ('seed', 'pack', 'rate', 'prerender_seconds')
"""Settings of the camera that are arguments, too."""

ARGUMENTS = {
    'prompts': ('box, mug, marker, bowl', 'Concepts, also those of the ground truth.'),
    'bundle': (DEFAULT_BUNDLE, 'Embedded bundle or path of a folder.'),
    'seed': ('42', 'Which scene.'),
    'pack': ('printed', 'Objects: printed looks like a real table; clean has plain colors.'),
    'rate': ('15.0', 'Images a second.'),
    'prerender_seconds': ('10.0', 'Film length that is rendered at start; 0.0 renders live.'),
    **{name: SHARED[name] for name in ('log_level', 'fastdds_profile')},
}


def start_camera(context):
    text = description.texts_of(context)
    texts = {'concepts': text('prompts'), **{name: text(name) for name in CAMERA}}
    camera = Node(
        package=description.PACKAGE,
        executable='simulated_camera',
        namespace='camera',
        output='screen',
        parameters=[launch_texts.parameters(CameraSettings, texts)],
        ros_arguments=['--log-level', text('log_level')],
    )
    return [camera]


def start_tracker(context):
    passed = ('prompts', 'bundle', 'log_level', 'fastdds_profile')
    arguments = {name: LaunchConfiguration(name) for name in passed}
    return [description.include('tracker.launch.py', {'image': '/camera/image_raw', **arguments})]


def generate_launch_description():
    # The tracker's file sets the Fast DDS profile, for what is started after it, too.
    return description.describe(ARGUMENTS, start_tracker, start_camera)
