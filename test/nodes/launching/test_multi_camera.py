"""multi_camera.launch.py: one tracker a camera, and objects nodes where they are wanted."""

from __future__ import annotations

from launch_stand_in import arguments_of, command_line, context_of, load_launch_file
import pytest

pytest.importorskip('yaml', reason='needs PyYAML')

from efficientsam3_ros.nodes.launching.arguments import OBJECTS_NAMES, TRACKER_NAMES

OWN = '{wrist: {image: image_raw/compressed, prompts: bolt, objects: true}}'


def groups_of(module, **given):
    """Return (file, arguments, keywords) of what is included for each camera."""
    groups = module.start_cameras({**arguments_of(module), **given})
    found = []
    for group in groups:
        ((include,),) = group.args
        path = include.args[0].args[0].args[0]
        found.append((path[-1], dict(include.kwargs['launch_arguments']), group.kwargs))
    return found


def test_each_camera_gets_its_namespace_and_what_is_its_own(monkeypatch):
    module = load_launch_file('multi_camera.launch.py', monkeypatch)
    assert groups_of(module, cameras='front, wrist', per_camera=OWN) == [
        ('tracker.launch.py', {'namespace': 'front'}, {'scoped': True}),
        (
            'objects.launch.py',
            {'namespace': 'wrist', 'image': 'image_raw/compressed', 'prompts': 'bolt'},
            {'scoped': True},
        ),
    ]
    files = [file for file, *_ in groups_of(module, cameras='a, b', objects='true')]
    assert files == ['objects.launch.py'] * 2


def test_cameras_must_be_named_and_nothing_else_is_declared_here(monkeypatch):
    defaults = arguments_of(load_launch_file('multi_camera.launch.py', monkeypatch))
    # What is declared here with a default would be seen by the included files as given.
    assert defaults == {'cameras': None, 'objects': 'false', 'per_camera': ''}


def test_a_camera_may_be_given_what_the_files_take(monkeypatch):
    tracker = arguments_of(load_launch_file('tracker.launch.py', monkeypatch))
    objects = arguments_of(load_launch_file('objects.launch.py', monkeypatch))
    assert tracker.keys() == TRACKER_NAMES
    assert tracker.keys() | objects.keys() == OBJECTS_NAMES


@pytest.mark.dds
def test_the_nodes_of_two_cameras_take_their_own_topics_and_parameters(monkeypatch, tmp_path):
    rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
    pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')
    from rclpy.context import Context

    from efficientsam3_ros.nodes.images.image_topic import choose_topic
    from efficientsam3_ros.nodes.tracker.tracker_node import TrackerNode

    shared = tmp_path / 'cameras.yaml'
    shared.write_text(
        """
/**: {ros__parameters: {autostart: false, max_age: 2.0, threads: 1}}
/wrist/tracker: {ros__parameters: {threads: 2}}
"""
    )
    multi = load_launch_file('multi_camera.launch.py', monkeypatch)
    own = '{wrist: {image: image_raw/compressed, prompts: bolt}}'
    line = {'prompts': 'mug, tool', 'image': 'color', 'params_file': str(shared)}
    told = {}
    for _, given, _ in groups_of(multi, cameras='front, wrist', per_camera=own):
        file = load_launch_file('tracker.launch.py', monkeypatch)
        (started,) = file.start_tracker(context_of(file, **{**line, **given}))
        context = Context()
        rclpy.init(args=command_line(started.kwargs, tmp_path), context=context)
        node = TrackerNode(context=context)
        values = [node.get_parameter(name).value for name in ('prompts', 'threads', 'max_age')]
        topic = choose_topic(node.resolve_topic_name, 'raw').name
        told[node.get_fully_qualified_name()] = (topic, *values)
        node.destroy_node()
        rclpy.shutdown(context=context)
    assert told == {
        '/front/tracker': ('/front/color', ['mug', 'tool'], 1, 2.0),
        '/wrist/tracker': ('/wrist/image_raw/compressed', ['bolt'], 2, 2.0),
    }
