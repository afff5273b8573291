"""Parameters: declared with words and ranges, refused as a whole, taken at the next image."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')

from node_rig import coloured_image  # noqa: E402
from rcl_interfaces.srv import SetParametersAtomically  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402

RED = {'red': (10, 5, 20, 12)}


def set_atomically(rig, **values):
    parameters = [
        Parameter(name.replace('__', '.'), value=value).to_parameter_msg()
        for name, value in values.items()
    ]
    request = SetParametersAtomically.Request(parameters=parameters)
    name = '/tracker/set_parameters_atomically'
    return rig.call(SetParametersAtomically, name, request).result


def value(rig, name):
    return rig.tracker.get_parameter(name).value


def own_parameters(rig):
    names = rig.tracker.list_parameters([], 0).names
    return [n for n in names if n != 'use_sim_time' and not n.startswith(('qos_', 'start_type'))]


def test_every_parameter_is_described(make_rig):
    rig = make_rig(autostart=False)
    descriptors = rig.tracker.describe_parameters(own_parameters(rig))
    assert [d.name for d in descriptors if not d.description] == []
    (descriptor,) = rig.tracker.describe_parameters(['tracking.match_iou'])
    (limits,) = descriptor.floating_point_range
    assert (limits.from_value, limits.to_value) == (0.0, 1.0)


def test_a_bad_value_refuses_the_whole_change(make_rig):
    rig = make_rig()
    rig.camera()
    result = set_atomically(rig, tracking__match_iou=0.6, tracking__keep_iou=0.9)
    assert not result.successful
    assert 'keep_iou' in result.reason
    assert value(rig, 'tracking.match_iou') == 0.3
    result = set_atomically(rig, max_age=2.0, image_transport='compressed')
    assert not result.successful
    assert 'cleanup' in result.reason
    assert value(rig, 'max_age') == 0.0


@pytest.mark.parametrize(
    'change',
    [
        {'tracking__detect_every': 0},
        {'tracking__overlap': 'sometimes'},
        {'tracking__detection_threshold': 1.5},
        {'overlay_rate': -1.0},
        {'prompts': ['x' * 300]},
        {'autostart': False},
        {'max_age': 'long'},
    ],
    ids=lambda change: next(iter(change)),
)
def test_bad_value_is_refused_with_a_reason(make_rig, change):
    rig = make_rig()
    rig.camera()
    result = set_atomically(rig, **change)
    assert not result.successful
    assert result.reason


def test_threshold_takes_effect_at_the_next_image(make_rig):
    rig = make_rig()
    camera = rig.camera()
    assert len(rig.exchange(camera, coloured_image(RED, sec=1)).instances) == 1
    assert set_atomically(rig, tracking__min_area_px=10_000).successful
    result = rig.exchange(camera, coloured_image(RED, sec=2))
    assert [item.area for item in result.instances] == [0]


def test_prompts_are_a_parameter(make_rig):
    rig = make_rig()
    camera = rig.camera()
    assert set_atomically(rig, prompts=['', 'blue block']).successful
    result = rig.exchange(camera, coloured_image({'blue': (5, 5, 20, 20)}, sec=1))
    assert rig.ids(result).keys() == {'blue block'}
