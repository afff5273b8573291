"""The tracker's life cycle, over its services and by itself."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')

from lifecycle_msgs.msg import Transition  # noqa: E402
from lifecycle_msgs.srv import ChangeState, GetState  # noqa: E402
from node_rig import colored_image  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from rclpy.qos import QoSProfile  # noqa: E402
from scripted_engine import ColorEngine  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402

from efficientsam3_ros.msg import Prompt  # noqa: E402
from efficientsam3_ros.nodes.tracker.session import load_options  # noqa: E402
from efficientsam3_ros.srv import GetPrompts, SetPrompts  # noqa: E402

pytestmark = pytest.mark.dds

RED = {'red': (10, 5, 20, 12)}
CONFIGURE, CLEANUP = Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_CLEANUP
ACTIVATE, DEACTIVATE = Transition.TRANSITION_ACTIVATE, Transition.TRANSITION_DEACTIVATE


def change(rig, transition):
    request = ChangeState.Request(transition=Transition(id=transition))
    return rig.call(ChangeState, '/tracker/change_state', request).success


def state(rig):
    return rig.call(GetState, '/tracker/get_state', GetState.Request()).current_state.label


def test_five_rounds_free_and_load_the_network_each_time(make_rig):
    rig = make_rig(autostart=False)
    camera = rig.probe.create_publisher(Image, 'image', QoSProfile(depth=1))
    ids = []
    for round_ in range(1, 6):
        assert change(rig, CONFIGURE)
        assert camera.get_subscription_count() == 0, 'listens before it is active'
        assert change(rig, ACTIVATE)
        rig.connect(camera)
        (item,) = rig.exchange(camera, colored_image(RED, sec=round_)).instances
        ids.append(item.track_id)
        assert change(rig, DEACTIVATE)
        rig.spin_until(lambda: camera.get_subscription_count() == 0, 'the tracker to let go')
        assert change(rig, CLEANUP)
        assert [engine.closed for engine in rig.engines] == [True] * round_
    assert ids == [1, 2, 3, 4, 5], 'ids are never reused'
    assert state(rig) == 'unconfigured'


def test_tracks_live_through_deactivate(make_rig):
    rig = make_rig()
    camera = rig.camera()
    before = rig.ids(rig.exchange(camera, colored_image(RED, sec=1)))
    assert change(rig, DEACTIVATE)
    rig.spin_until(lambda: camera.get_subscription_count() == 0, 'the tracker to let go')
    assert change(rig, ACTIVATE)
    rig.connect(camera)
    assert rig.ids(rig.exchange(camera, colored_image(RED, sec=2))) == before


def test_prompts_outlive_cleanup(make_rig):
    rig = make_rig()
    rig.spin_until(lambda: rig.engines, 'the network')
    request = SetPrompts.Request(prompts=[Prompt(concept='blue block', threshold=0.25)])
    assert rig.call(SetPrompts, '/tracker/set_prompts', request).success
    for transition in (DEACTIVATE, CLEANUP, CONFIGURE, ACTIVATE):
        assert change(rig, transition)
    answer = rig.call(GetPrompts, '/tracker/get_prompts', GetPrompts.Request())
    assert [(p.concept, p.threshold) for p in answer.prompts] == [('blue block', 0.25)]
    assert rig.tracker.get_parameter('prompts').value == ['blue block']
    assert change(rig, DEACTIVATE) and change(rig, CLEANUP)
    rig.tracker.set_parameters([Parameter('prompts', value='red block')])
    assert change(rig, CONFIGURE)
    answer = rig.call(GetPrompts, '/tracker/get_prompts', GetPrompts.Request())
    assert [p.concept for p in answer.prompts] == ['red block']


def test_shutdown_from_active_frees_the_network(make_rig):
    rig = make_rig()
    rig.camera()
    assert change(rig, Transition.TRANSITION_ACTIVE_SHUTDOWN)
    assert rig.engines[0].closed


def test_a_bad_bundle_says_so_and_can_be_corrected(make_rig):
    rig = make_rig(engine_loader=load_options, bundle='no such bundle')
    report = rig.report_where(lambda r: r['level'] == '2', 'the error')
    assert 'no such bundle' in report['message']
    assert state(rig) == 'unconfigured'
    rig.tracker._load_engine = lambda *_: ColorEngine()
    assert rig.tracker.set_parameters([Parameter('bundle', value='good')])[0].successful
    assert change(rig, CONFIGURE)
    assert change(rig, ACTIVATE)
    assert len(rig.exchange(rig.camera(), colored_image(RED, sec=1)).instances) == 1


def test_an_unexpected_fault_of_the_loader_is_reported_and_survived(make_rig):
    def explode(*_):
        raise KeyError('driver')

    rig = make_rig(engine_loader=explode, autostart=False)
    assert not change(rig, CONFIGURE)
    assert state(rig) == 'unconfigured'
    report = rig.report_where(lambda r: r['level'] == '2', 'the error')
    assert 'driver' in report['message']


def test_an_engine_that_keeps_failing_unconfigures_the_node_which_recovers(make_rig):
    rig = make_rig(max_failures=3)
    camera = rig.camera()
    lost = rig.engines[0]
    lost.runs.clear()

    def close():
        raise RuntimeError('the device is gone')

    lost.close = close
    for sec in (1, 2):
        camera.publish(colored_image(RED, sec))
        rig.report_where(lambda r, n=sec: r['dropped: failed'] == str(n), 'the count')
        assert state(rig) == 'active'
    camera.publish(colored_image(RED, sec=3))
    report = rig.report_where(lambda r: r['message'].startswith('3 images in a row'), 'the error')
    assert report['level'] == '2' and 'image_encoder' in report['message']
    rig.spin_until(lambda: camera.get_subscription_count() == 0, 'the tracker to let go')
    assert state(rig) == 'unconfigured'
    assert change(rig, CONFIGURE) and change(rig, ACTIVATE)
    rig.connect(camera)
    assert len(rig.exchange(camera, colored_image(RED, sec=4)).instances) == 1
    report = rig.report_where(lambda r: r['processed'] == '1', 'the recovery')
    assert 'in a row' not in report['message']


def test_a_refused_initial_prompt_frees_the_network(make_rig):
    engine = ColorEngine()
    rig = make_rig(
        engine_loader=lambda *_: engine, prompts=['one two three four five'], autostart=False
    )
    assert not change(rig, CONFIGURE)
    assert engine.closed
    report = rig.report_where(lambda r: r['level'] == '2', 'the error')
    assert '5 words' in report['message']
