"""Starts the objects node beside a tracker: clouds, boxes and grasps of what it sees.

ros2 launch efficientsam3_ros objects.launch.py image:=/camera/color/image_raw \
    depth:=/camera/aligned_depth_to_color/image_raw camera_info:=/camera/color/camera_info \
    prompts:="red mug, screwdriver"

With tracker_name and start_tracker:=false it works beside one that runs already. A parameter that
is left out takes its value from the parameter file.
"""

from efficientsam3_ros.nodes.launching import description
from efficientsam3_ros.nodes.launching.arguments import OBJECTS, OBJECTS_PARAMETERS
from efficientsam3_ros.nodes.objects.settings import ObjectSettings
from efficientsam3_ros.nodes.support import launch_texts

FILE = 'objects_params_file'


def start_objects(context):
    text = description.texts_of(context)
    texts = {name: text(name) for name in OBJECTS_PARAMETERS}
    given = launch_texts.parameters(ObjectSettings, {**texts, 'depth_topic': text('depth')})
    given['tracker'] = text('tracker_name')
    remappings = launch_texts.remappings(text('image'), text('remaps'))
    remappings.append(('camera_info', text('camera_info')))
    return [description.lifecycle_node(text, 'objects_node', FILE, given, remappings)]


def start_tracker(context):
    text = description.texts_of(context)
    if not launch_texts.flag('start_tracker', text('start_tracker')):
        return []
    # An included file sees all that is set here; these two mean another thing there.
    own = {'name': text('tracker_name'), 'remaps': text('tracker_remaps')}
    return [description.include('tracker.launch.py', own)]


def generate_launch_description():
    parameters = {'depth': 'depth_topic', **{name: name for name in OBJECTS_PARAMETERS}}
    arguments = {
        **OBJECTS,
        **description.node_arguments(ObjectSettings, parameters, FILE, 'objects.yaml'),
    }
    # The tracker comes last: what its file is given is seen by all that follows.
    return description.describe(arguments, description.set_profile, start_objects, start_tracker)
