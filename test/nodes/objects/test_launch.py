"""objects.launch.py: its arguments fit the node, and it brings a tracker unless told otherwise."""

from __future__ import annotations

from launch_stand_in import arguments_of, context_of, functions_of, load_launch_file
import pytest

pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('yaml', reason='needs PyYAML')

from efficientsam3_ros.nodes.objects.settings import ObjectSettings
from efficientsam3_ros.nodes.support import launch_texts

RGBD = {'image': '/cam/color', 'depth': '/cam/aligned', 'camera_info': '/cam/info'}


@pytest.fixture
def module(monkeypatch):
    return load_launch_file('objects.launch.py', monkeypatch)


def node_of(module, **given):
    (node,) = module.start_objects(context_of(module, **given))
    return node.kwargs


def test_the_topics_of_the_camera_reach_the_node(module):
    node = node_of(module, objects_params_file='mine.yaml', **RGBD, slop='0', output_frame='odom')
    path, given = node['parameters']
    assert path == 'mine.yaml'
    assert given == {
        'tracker': 'tracker', 'depth_topic': '/cam/aligned', 'slop': 0.0, 'output_frame': 'odom'
    }  # fmt: skip
    assert node['remappings'] == [('image', '/cam/color'), ('camera_info', '/cam/info')]
    assert (node['executable'], node['name']) == ('objects_node', 'objects')
    ObjectSettings(**given)


def test_what_is_left_out_comes_from_the_file(module):
    assert node_of(module)['parameters'][1] == {'tracker': 'tracker'}
    for name in module.OBJECTS_PARAMETERS:
        default = launch_texts.shown_default(getattr(ObjectSettings(), name))
        assert f"'{default}'" in arguments_of(module)[name].describe()


def test_the_tracker_keeps_its_own_name_and_remappings_and_comes_last(module):
    given = context_of(module, remaps='~/markers:=/m', name='scene', tracker_name='eye')
    (included,) = module.start_tracker(given)
    assert dict(included.kwargs['launch_arguments']) == {'name': 'eye', 'remaps': ''}
    (node,) = module.start_objects(given)
    assert node.kwargs['name'] == 'scene'
    assert node.kwargs['parameters'][1]['tracker'] == 'eye'
    assert functions_of(module)[1:] == [module.start_objects, module.start_tracker]


def test_shared_arguments_have_the_names_of_the_trackers_file(module, monkeypatch):
    tracker = load_launch_file('tracker.launch.py', monkeypatch)
    shared = {'image', 'prompts', 'namespace', 'respawn', 'log_level', 'fastdds_profile'}
    shared |= {'use_sim_time', 'image_transport', 'reliability', 'autostart'}
    assert shared <= arguments_of(module).keys() & arguments_of(tracker).keys()


def test_it_works_beside_a_tracker_that_runs(module):
    assert module.start_tracker(context_of(module, start_tracker='false')) == []
    with pytest.raises(ValueError, match='start_tracker'):
        module.start_tracker(context_of(module, start_tracker='perhaps'))
