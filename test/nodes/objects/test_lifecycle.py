"""Configure, activate and back, also where something is wrong."""

from __future__ import annotations

import gc

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from lifecycle_msgs.msg import Transition  # noqa: E402
from lifecycle_msgs.srv import ChangeState, GetState  # noqa: E402
import numpy as np  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from sensor_msgs.msg import PointCloud2  # noqa: E402
from table_view import FRAME, MUG, View  # noqa: E402

from efficientsam3_ros.nodes.objects.scene.scene import Scene  # noqa: E402

pytestmark = pytest.mark.dds

CONFIGURE, CLEANUP = Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_CLEANUP
ACTIVATE, DEACTIVATE = Transition.TRANSITION_ACTIVATE, Transition.TRANSITION_DEACTIVATE


def change(rig, transition):
    request = ChangeState.Request(transition=Transition(id=transition))
    return rig.call(ChangeState, '/objects/change_state', request).success


def state(rig):
    return rig.call(GetState, '/objects/get_state', GetState.Request()).current_state.label


def test_rounds_of_the_life_cycle_leave_nothing_behind(make_objects):
    rig, view = make_objects(autostart=False), View(MUG)
    plain = len(list(rig.node.subscriptions)), len(list(rig.node.publishers))
    for round_ in range(1, 4):
        assert change(rig, CONFIGURE)
        assert rig.probe.count_subscribers('/depth') == 0, 'listens before it is active'
        assert change(rig, ACTIVATE)
        rig.see(view, float(round_))
        assert rig.node.session.tally.processed == 1
        assert change(rig, DEACTIVATE)
        assert rig.node.session.latest is None
        assert change(rig, CLEANUP)
        now = len(list(rig.node.subscriptions)), len(list(rig.node.publishers))
        assert now == plain
        assert len(list(rig.node.clients)) == 0
        gc.collect()
        assert not [thing for thing in gc.get_objects() if isinstance(thing, Scene)]
    assert state(rig) == 'unconfigured'


def test_an_inactive_node_publishes_nothing(make_objects):
    rig, view = make_objects(), View(MUG)
    rig.listen(PointCloud2, 'objects_points')
    rig.see(view, 1.0)
    rig.spin_until(lambda: rig.heard['objects_points'], 'the cloud')
    assert change(rig, DEACTIVATE)
    rig.spin_until(lambda: rig._pubs['depth'].get_subscription_count() == 0, 'it to let go')
    assert change(rig, ACTIVATE)
    rig.see(view, 2.0)
    rig.spin_until(lambda: len(rig.heard['objects_points']) == 2, 'the cloud after it')


def test_what_cannot_be_configured_says_so_and_can_be_corrected(make_objects):
    rig = make_objects(depth_topic='camera/theora')
    report = rig.report_where(lambda r: r['level'] == '2', 'the error')
    assert '/camera/theora' in report['message']
    assert state(rig) == 'unconfigured'
    assert rig.node.set_parameters([Parameter('depth_topic', value='depth')])[0].successful
    assert change(rig, CONFIGURE) and change(rig, ACTIVATE)
    rig.see(View(MUG))
    report = rig.report_where(lambda r: r.get('processed') == '1', 'the recovery')
    assert report['level'] == '0'


def test_without_tf2_an_output_frame_is_refused_and_the_rest_works(make_objects, monkeypatch):
    from efficientsam3_ros.nodes.objects.frames import transforms

    monkeypatch.setattr(transforms, 'find_spec', lambda name: None)
    rig = make_objects(output_frame='base_link', autostart=False)
    rig.node._open_frames = transforms.open_transforms
    assert not change(rig, CONFIGURE)
    report = rig.report_where(lambda r: r['level'] == '2', 'the error')
    assert 'tf2_ros' in report['message']
    rig.node.set_parameters([Parameter('output_frame', value='')])
    assert change(rig, CONFIGURE)


def test_an_unexpected_fault_of_configure_is_reported_and_survived(make_objects):
    rig = make_objects(gravity_frame='odom', autostart=False)
    opened = rig.node._open_frames

    def explode(*_):
        raise KeyError('tf tree')

    rig.node._open_frames = explode
    assert not change(rig, CONFIGURE)
    assert state(rig) == 'unconfigured'
    report = rig.report_where(lambda r: r['level'] == '2', 'the error')
    assert 'tf tree' in report['message']
    rig.node._open_frames = opened
    assert change(rig, CONFIGURE)


def broken(messages):
    raise KeyError('a bug')


@pytest.mark.parametrize('threads', [1, 4])
def test_an_error_that_repeats_unconfigures_the_node_which_recovers(
    make_objects, monkeypatch, threads
):
    rig, view = make_objects(threads=threads, max_failures=3), View(MUG)
    rig.spin_until(lambda: rig.node.is_active, 'activation')
    builder = rig.node.session._builder
    monkeypatch.setattr(builder, 'build', broken)
    rig.see(view, 1.0)
    rig.see(view, 2.0)
    monkeypatch.undo()
    rig.see(view, 3.0)
    monkeypatch.setattr(builder, 'build', broken)
    rig.see(view, 4.0)
    rig.see(view, 5.0)
    assert state(rig) == 'active', 'no three in a row'
    rig.show(view, 6.0)
    report = rig.report_where(lambda r: r['message'].startswith('3 results in a row'), 'the error')
    assert report['level'] == '2' and 'a bug' in report['message']
    assert state(rig) == 'unconfigured' and rig.node.session is None
    assert change(rig, CONFIGURE) and change(rig, ACTIVATE)
    rig.see(view, 7.0)
    report = rig.report_where(lambda r: r.get('processed') == '1', 'the recovery')
    assert report['level'] == '0'


@pytest.mark.parametrize('limit', [0, 2])
def test_faults_of_the_input_and_a_limit_of_0_never_end_the_node(make_objects, monkeypatch, limit):
    rig, view = make_objects(max_failures=limit), View(MUG)
    rig.spin_until(lambda: rig.node.is_active, 'activation')
    if not limit:
        monkeypatch.setattr(rig.node.session._builder, 'build', broken)
    for stamp in (1.0, 2.0, 3.0, 4.0):
        rig.see(view, stamp, **({'depth': view.image(stamp)} if limit else {}))
    monkeypatch.undo()
    assert state(rig) == 'active'
    rig.see(view, 5.0)
    rig.report_where(lambda r: r.get('processed') == '1', 'the image after it')


def test_a_last_failure_during_deactivate_does_not_count_after_it(make_objects):
    rig = make_objects(max_failures=1)
    rig.spin_until(lambda: rig.node.is_active, 'activation')
    assert change(rig, DEACTIVATE)
    rig.node._failures.note(1, KeyError('a bug'))
    assert change(rig, ACTIVATE) and change(rig, DEACTIVATE)
    assert state(rig) == 'inactive'


def test_shutdown_from_active_frees_everything(make_objects):
    rig = make_objects()
    rig.see(View(MUG))
    assert change(rig, Transition.TRANSITION_ACTIVE_SHUTDOWN)
    assert rig.node.session is None


def test_live_parameters_count_from_the_next_image_and_bad_ones_are_refused(make_objects):
    rig, view = make_objects(output_frame='base_link'), View(MUG)
    rig.buffer.known['base_link', FRAME] = np.eye(4)
    rig.see(view, 1.0)
    (result,) = rig.node.set_parameters([Parameter('keep_out', value=['-9 -9 -9 9 9 9'])])
    assert result.successful
    rig.see(view, 2.0)
    assert rig.node.session.latest.objects == ()
    for name, value in (('keep_out', ['1 2']), ('slop', 0.1), ('voxel_size', -1.0)):
        (result,) = rig.node.set_parameters([Parameter(name, value=value)])
        assert not result.successful and name in result.reason
    assert rig.node.settings.keep_out == ('-9 -9 -9 9 9 9',)
