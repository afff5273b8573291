"""Starts a tracker, and an objects node if wanted, in the namespace of each camera.

ros2 launch efficientsam3_ros multi_camera.launch.py cameras:="front, wrist" \
    image:=color/image_raw prompts:="red mug, screwdriver" \
    per_camera:="{wrist: {image: image_raw/compressed, prompts: bolt}}"

Names of topics count from the namespace of their camera: /front/color/image_raw. All arguments of
tracker.launch.py may be given, with objects:=true those of objects.launch.py; they count for all
cameras, those of per_camera for one. All share one parameter file, in which a section such as
"/wrist/tracker:" counts for one node.
"""

from launch.actions import GroupAction

from efficientsam3_ros.nodes.launching import cameras, description

ARGUMENTS = {
    'cameras': (None, 'Namespaces of the cameras, separated by commas: "front, wrist".'),
    'objects': ('false', 'Start an objects node for each camera, too.'),
    'per_camera': (
        '',
        'Arguments of single cameras, objects included, as YAML: '
        '"{wrist: {image: image_raw/compressed, prompts: bolt}}".',
    ),
}


def start_cameras(context):
    text = description.texts_of(context)
    read = cameras.read_cameras(text('cameras'), text('per_camera'), text('objects'))
    return [start(camera) for camera in read]


def start(camera):
    """Return what starts the nodes of a camera."""
    file = 'objects.launch.py' if camera.objects else 'tracker.launch.py'
    own = {**camera.arguments, 'namespace': camera.namespace}
    # The scope ends with the group: what one camera is given, the next one does not see.
    return GroupAction([description.include(file, own)], scoped=True)


def generate_launch_description():
    return description.describe(ARGUMENTS, start_cameras)
