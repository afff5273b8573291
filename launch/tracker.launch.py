"""Starts the tracker on an image topic.

ros2 launch efficientsam3_ros tracker.launch.py image:=/camera/color/image_raw \
    prompts:="red mug, screwdriver"

A parameter that is left out takes its value from the parameter file.
"""

from efficientsam3_ros.nodes.launching import description
from efficientsam3_ros.nodes.launching.arguments import TRACKER, TRACKER_PARAMETERS
from efficientsam3_ros.nodes.support import launch_texts
from efficientsam3_ros.nodes.tracker.settings import NodeSettings


def start_tracker(context):
    text = description.texts_of(context)
    given = launch_texts.parameters(
        NodeSettings, {name: text(name) for name in TRACKER_PARAMETERS}
    )
    remappings = launch_texts.remappings(text('image'), text('remaps'))
    return [description.lifecycle_node(text, 'tracker_node', 'params_file', given, remappings)]


def generate_launch_description():
    parameters = {name: name for name in TRACKER_PARAMETERS}
    arguments = {
        **TRACKER,
        **description.node_arguments(NodeSettings, parameters, 'params_file', 'tracker.yaml'),
    }
    return description.describe(arguments, description.set_profile, start_tracker)
