"""The arguments of our launch files; without launch, which only ``description`` needs."""

from __future__ import annotations

TRACKER_PARAMETERS = (
    *('prompts', 'bundle', 'engine', 'threads', 'spin', 'image_transport', 'reliability'),
    'autostart',
)
"""Settings of the tracker node that are arguments, too."""

OBJECTS_PARAMETERS = (
    *('image_transport', 'reliability', 'rectified', 'slop', 'queue', 'output_frame'),
    *('gravity_frame', 'max_range', 'voxel_size', 'target_phrase', 'autostart'),
    *('register_depth', 'depth_camera_info_topic'),
)
"""Settings of the objects node that are arguments, too."""

SHARED = {
    'respawn': ('false', 'Start a node again, after 2 s, when it ends.'),
    'log_level': ('info', 'debug, info, warn, error or fatal; also <logger>:=<level>.'),
    'fastdds_profile': (
        'true',
        'Set the Fast DDS profile of config/fastdds_images.xml unless another is set.',
    ),
}
"""Name to default and description, as in the tables below."""

TRACKER = {
    'image': (
        'image',
        'Topic of the images; one that ends in /compressed is taken for compressed ones.',
    ),
    'name': ('tracker', 'Name of the node.'),
    'namespace': ('', 'Namespace of the node.'),
    'remaps': ('', 'Further remappings, separated by spaces: "~/instances:=/masks".'),
    **SHARED,
}

OBJECTS = {
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
    'remaps': ('', 'Further remappings of this node, separated by spaces.'),
    **SHARED,
}

_OF_ALL = ('use_sim_time',)
TRACKER_NAMES = frozenset({*TRACKER, *TRACKER_PARAMETERS, *_OF_ALL, 'params_file'})
"""All that ``tracker.launch.py`` takes."""
OBJECTS_NAMES = TRACKER_NAMES | {*OBJECTS, *OBJECTS_PARAMETERS, 'depth', 'objects_params_file'}
"""All that ``objects.launch.py`` takes, for itself and for the tracker that it starts."""
