"""Launch files: their arguments fit the nodes; they run where launch is installed."""

from __future__ import annotations

import inspect
import py_compile

from launch_stand_in import (
    LAUNCH,
    arguments_of,
    command_line,
    context_of,
    functions_of,
    load_launch_file,
)
import pytest

from efficientsam3_ros.nodes.cameras.simulation_source import CameraSettings
from efficientsam3_ros.nodes.support import launch_texts
from efficientsam3_ros.nodes.tracker.settings import NodeSettings

FILES = sorted(LAUNCH.glob('*.launch.py'))


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_compiles(path, tmp_path):
    py_compile.compile(str(path), cfile=str(tmp_path / 'out.pyc'), doraise=True)


def node_of(monkeypatch, **given):
    """Return the tracker that the launch file starts with arguments."""
    pytest.importorskip('yaml', reason='needs PyYAML')
    module = load_launch_file('tracker.launch.py', monkeypatch)
    (node,) = module.start_tracker(context_of(module, **given))
    return node.kwargs


def test_only_given_arguments_override_the_parameter_file(monkeypatch):
    node = node_of(
        monkeypatch,
        params_file='mine.yaml',
        prompts='red mug, tool',
        image='/cam',
        autostart='false',
    )
    path, given = node['parameters']
    assert (path, given) == ('mine.yaml', {'prompts': ['red mug', 'tool'], 'autostart': False})
    assert node['remappings'] == [('image', '/cam')]
    assert len(node_of(monkeypatch)['parameters']) == 1
    node = node_of(monkeypatch, use_sim_time='false', threads='2')
    assert node['parameters'][1] == {'use_sim_time': False, 'threads': 2}


@pytest.mark.dds
def test_a_node_takes_what_launch_gives_it(monkeypatch, tmp_path):
    rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
    pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')
    from rclpy.context import Context

    from efficientsam3_ros.nodes.images.image_topic import ImageTopic, choose_topic
    from efficientsam3_ros.nodes.tracker.tracker_node import TrackerNode

    given = {'image': '/cam/compressed', 'prompts': 'red mug, tool', 'threads': '2'}
    given |= {'remaps': '~/instances:=/masks', 'name': 'eye', 'namespace': 'arm'}
    shipped = str(LAUNCH.parent / 'config' / 'tracker.yaml')
    node = node_of(monkeypatch, params_file=shipped, use_sim_time='false', **given)
    context = Context()
    rclpy.init(args=command_line(node, tmp_path), context=context)
    tracker = TrackerNode(context=context)
    assert tracker.get_fully_qualified_name() == '/arm/eye'
    values = [tracker.get_parameter(name).value for name in ('prompts', 'threads', 'max_age')]
    assert values == [['red mug', 'tool'], 2, 0.0]
    assert choose_topic(tracker.resolve_topic_name, 'raw') == ImageTopic('/cam/compressed', True)
    assert tracker.resolve_topic_name('~/instances') == '/masks'
    tracker.destroy_node()
    rclpy.shutdown(context=context)


def test_respawn_log_level_and_remappings_are_arguments(monkeypatch):
    node = node_of(monkeypatch)
    assert (node['respawn'], node['ros_arguments']) == (False, ['--log-level', 'info'])
    node = node_of(monkeypatch, respawn='true', log_level='debug', remaps='~/instances:=/masks')
    assert (node['respawn'], node['ros_arguments']) == (True, ['--log-level', 'debug'])
    assert ('~/instances', '/masks') in node['remappings']


def test_every_argument_shows_its_true_default(monkeypatch):
    pytest.importorskip('yaml', reason='needs PyYAML')
    module = load_launch_file('tracker.launch.py', monkeypatch)
    shown = arguments_of(module)
    defaults = NodeSettings()
    for name in module.TRACKER_PARAMETERS:
        default = launch_texts.shown_default(getattr(defaults, name))
        assert f"'{default}'" in shown[name].describe()
    module = load_launch_file('demo.launch.py', monkeypatch)
    assert arguments_of(module)['bundle'] == defaults.bundle


@pytest.mark.parametrize('wanted', [True, False])
def test_the_tracker_and_what_follows_get_the_profile_unless_it_is_turned_off(monkeypatch, wanted):
    pytest.importorskip('yaml', reason='needs PyYAML')
    module = load_launch_file('tracker.launch.py', monkeypatch)
    variables = {'FASTRTPS_DEFAULT_PROFILES_FILE': '/here/images.xml'}
    monkeypatch.setattr(module.description, 'profile_environment', lambda environment: variables)
    assert arguments_of(module)['fastdds_profile'] == 'true'
    set_profile, started = functions_of(module)
    actions = set_profile({'fastdds_profile': str(wanted).lower()})
    assert [action.args for action in actions] == list(variables.items()) * wanted
    assert started == module.start_tracker


def test_demo_gives_the_camera_parameters_that_it_has(monkeypatch):
    pytest.importorskip('yaml', reason='needs PyYAML')
    module = load_launch_file('demo.launch.py', monkeypatch)
    context = arguments_of(module)
    (node,) = module.start_camera({**context, 'rate': '15'})
    (given,) = node.kwargs['parameters']
    given['concepts'] = tuple(given['concepts'])
    assert CameraSettings(**given).concepts == ('box', 'mug', 'marker', 'bowl')
    assert isinstance(given['rate'], float)


def test_demo_shows_the_scene_of_the_command(monkeypatch):
    pytest.importorskip('yaml', reason='needs PyYAML')
    pytest.importorskip('cyclopts', reason='needs cyclopts, which has no Debian package')
    from efficientsam3_ros.cli import demo

    module = load_launch_file('demo.launch.py', monkeypatch)
    context = arguments_of(module)
    defaults = inspect.signature(demo.run).parameters
    assert {name: context[name] for name in ('seed', 'pack')} == {
        name: str(defaults[name].default) for name in ('seed', 'pack')
    }
    (node,) = module.start_camera({**context, 'pack': 'clean'})
    assert node.kwargs['parameters'][0]['pack'] == 'clean'


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_describes_itself_to_launch(path):
    pytest.importorskip('launch_ros', reason='needs launch_ros, which has no wheel')
    assert load_launch_file(path.name).generate_launch_description().entities
