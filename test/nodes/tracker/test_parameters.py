"""Parameters: declared with words and ranges, refused as a whole, taken at the next image."""

from __future__ import annotations

from dataclasses import fields
import math

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')

from node_rig import colored_image  # noqa: E402
from rcl_interfaces.msg import Parameter as ParameterMessage  # noqa: E402
from rcl_interfaces.srv import SetParametersAtomically  # noqa: E402
from rclpy.parameter import Parameter, get_parameter_value  # noqa: E402

from efficientsam3_ros.tracking import TrackerConfig  # noqa: E402

pytestmark = pytest.mark.dds

RED = {'red': (10, 5, 20, 12)}
NUMBERS = {f'tracking.{i.name}': i for i in fields(TrackerConfig) if 'low' in i.metadata}
CHOICES = {f'tracking.{i.name}': i for i in fields(TrackerConfig) if 'choices' in i.metadata}


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
    assert len(rig.exchange(camera, colored_image(RED, sec=1)).instances) == 1
    assert set_atomically(rig, tracking__min_area_px=10_000).successful
    result = rig.exchange(camera, colored_image(RED, sec=2))
    assert [item.area for item in result.instances] == [0]


def test_prompts_are_a_parameter(make_rig):
    rig = make_rig()
    camera = rig.camera()
    assert set_atomically(rig, prompts=['', 'blue block']).successful
    result = rig.exchange(camera, colored_image({'blue': (5, 5, 20, 20)}, sec=1))
    assert rig.ids(result).keys() == {'blue block'}


@pytest.mark.parametrize(
    ('given', 'shown'),
    [
        ('red block, blue block', ['red block', 'blue block']),
        ('blue block', ['blue block']),
        ("['blue block']", ['blue block']),
        ('', ['']),
    ],
)
def test_prompts_may_come_as_one_text(make_rig, given, shown):
    rig = make_rig()
    assert set_atomically(rig, prompts=given).successful
    assert value(rig, 'prompts') == shown
    concepts = rig.tracker._pipeline().call(lambda tracker: tracker.concepts)
    assert list(concepts) == [text for text in shown if text]


@pytest.mark.parametrize(
    ('typed', 'shown'),
    [
        ('red block, blue block', ['red block', 'blue block']),
        ('blue block', ['blue block']),
        ("['blue block']", ['blue block']),
        ('[blue block, red block]', ['blue block', 'red block']),
        ('[]', ['']),
        ('', ['']),
        ('[yes, no]', None),
        ('[yes, block]', None),
        ('5', None),
    ],
)
def test_what_is_typed_behind_ros2_param_set(make_rig, typed, shown):
    rig = make_rig()
    message = ParameterMessage(name='prompts', value=get_parameter_value(typed))
    request = SetParametersAtomically.Request(parameters=[message])
    result = rig.call(
        SetParametersAtomically, '/tracker/set_parameters_atomically', request
    ).result
    assert result.successful == (shown is not None), result.reason
    assert value(rig, 'prompts') == (shown or ['red block'])


@pytest.mark.parametrize('given', ['[yes, no]', [True, False], 5, None], ids=str)
def test_prompts_that_are_no_texts_are_refused(make_rig, given):
    rig = make_rig()
    result = set_atomically(rig, prompts=given)
    assert not result.successful
    assert 'prompts' in result.reason
    assert value(rig, 'prompts') == ['red block']


def test_prompts_that_the_network_refuses_are_not_shown(make_rig):
    rig = make_rig()
    rig.spin_until(lambda: rig.engines, 'the network')
    set_atomically(rig, prompts='one two three four five')
    assert value(rig, 'prompts') == ['red block']


def in_force(rig):
    """Return the settings of the tracker itself."""
    return rig.tracker._pipeline()._tracker.config


def set_at_once(rig, values):
    parameters = [Parameter(name, value=value) for name, value in values.items()]
    return rig.tracker.set_parameters_atomically(parameters)


def test_every_threshold_is_declared_with_its_range_or_its_choices(make_rig):
    rig = make_rig(autostart=False)
    names = [f'tracking.{item.name}' for item in fields(TrackerConfig)]
    descriptors = {d.name: d for d in rig.tracker.describe_parameters(names)}
    for name, item in NUMBERS.items():
        found = descriptors[name]
        if isinstance(item.default, float) and math.isnan(item.default):
            assert 'NaN' in found.additional_constraints
            continue
        (limits,) = [*found.integer_range, *found.floating_point_range]
        assert (limits.from_value, limits.to_value) == (
            item.metadata['low'],
            item.metadata['high'],
        )
    for name, item in CHOICES.items():
        assert all(c in descriptors[name].additional_constraints for c in item.metadata['choices'])
    assert all(d.description for d in descriptors.values())


def test_every_threshold_can_be_set_while_the_node_runs(make_rig):
    rig = make_rig()
    rig.camera()
    values = {name: item.metadata['high'] for name, item in NUMBERS.items()}
    values |= {name: item.metadata['choices'][-1] for name, item in CHOICES.items()}
    values['tracking.memory'] = False
    assert len(values) == len(fields(TrackerConfig))
    assert set_at_once(rig, values).successful
    wanted = {name.removeprefix('tracking.'): value for name, value in values.items()}
    assert in_force(rig) == TrackerConfig(**wanted)


def test_every_wrong_threshold_is_refused_with_all_that_came_with_it(make_rig):
    rig = make_rig()
    rig.camera()
    before = in_force(rig)
    wrong = [(name, item.metadata['high'] + 1) for name, item in NUMBERS.items()]
    wrong += [(name, item.metadata['low'] - 1) for name, item in NUMBERS.items()]
    wrong += [(name, 'neither') for name in CHOICES] + [('tracking.memory', 'off')]
    for name, nonsense in wrong:
        result = set_at_once(rig, {'max_age': 3.0, name: nonsense})
        assert not result.successful, name
        assert result.reason, name
        assert value(rig, 'max_age') == 0.0, name
    assert in_force(rig) is before
