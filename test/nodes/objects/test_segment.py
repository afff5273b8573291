"""The action Segment over DDS, with a tracker that is played."""

from __future__ import annotations

import time

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from action_msgs.msg import GoalStatus  # noqa: E402
from action_peer import ActionPeer  # noqa: E402
from cloud_messages import xyz_of  # noqa: E402
import numpy as np  # noqa: E402
from table_view import MUG, View  # noqa: E402

from efficientsam3_ros import msg, srv  # noqa: E402
from efficientsam3_ros.action import Segment  # noqa: E402
from efficientsam3_ros.core import TrackState  # noqa: E402

pytestmark = pytest.mark.dds

SEGMENT = '/objects/segment'


class Tracker:
    """Answers as the tracker does; ``asked`` holds the concepts of every change."""

    def __init__(self, node):
        self.prompts, self.version, self.asked = [msg.Prompt(concept='fork')], 1, []
        self.refuses = ''
        node.create_service(srv.GetPrompts, '/tracker/get_prompts', self._get)
        node.create_service(srv.SetPrompts, '/tracker/set_prompts', self._set)

    def _get(self, request, response):
        response.prompts, response.prompt_version = self.prompts, self.version
        return response

    def _set(self, request, response):
        response.success, response.message = not self.refuses, self.refuses
        if response.success:
            self.prompts, self.version = list(request.prompts), self.version + 1
            self.asked.append([prompt.concept for prompt in self.prompts])
        response.prompt_version = self.version
        return response


class Stage:
    """A node, a client and a tracker, whose camera shows a mug."""

    def __init__(self, rig):
        self.rig, self.view, self.stamp = rig, View(MUG, concepts=('mug',)), 0.0
        self.peer = ActionPeer(context=rig.context)
        self.tracker = Tracker(self.peer.node)
        rig.spin_until(lambda: rig.node.is_active, 'activation')

    def image(self, state=TrackState.TRACKED, version=None):
        """Show one image; return its stamp."""
        self.stamp += 1.0
        self.view.state = state
        result = self.view.instances(self.stamp)
        result.prompt_version = self.tracker.version if version is None else version
        self.rig.see(self.view, self.stamp, instances=result)
        return self.stamp

    def goal(self, **fields):
        return self.peer.send(SEGMENT, Segment.Goal(**{'timeout': 50.0, **fields}))

    def reached(self, stage):
        """Wait for a feedback."""
        self.peer.wait(lambda: any(f.stage == stage for f in self.peer.feedback), stage)


@pytest.fixture
def stage(make_objects):
    stage = Stage(make_objects(threads=6))
    yield stage
    stage.peer.__exit__(None, None, None)


def test_it_holds_until_confirmed_and_answers_with_one_image(stage):
    stage.image()
    handle = stage.goal(phrases=['mug'])
    stage.peer.wait(lambda: stage.tracker.asked, 'the prompts')
    stage.image(version=1)
    stage.image(TrackState.NEW)
    stage.reached('confirming')
    stamp = stage.image()
    result = stage.peer.result_of(handle)
    assert result.success, result.message
    headers = [result.instances.header, result.label_image.header, result.target_mask.header]
    headers += [result.camera_info.header, *(found.header for found in result.objects)]
    assert {header.stamp.sec for header in headers} == {int(stamp)}
    (found,) = result.objects
    assert (found.track_id, found.concept, found.has_box) == (11, 'mug', True)
    assert MUG.inside(xyz_of(found.cloud)[0], margin=0.005).all()
    mask = np.frombuffer(result.target_mask.data, np.uint8).reshape(240, 320)
    np.testing.assert_array_equal(mask == 255, stage.view.labels == 1)
    labels = np.frombuffer(result.label_image.data, np.uint16).reshape(240, 320)
    np.testing.assert_array_equal(labels, stage.view.labels)
    stages = [feedback.stage for feedback in stage.peer.feedback]
    assert stages[0] == 'prompts' and stage.peer.feedback[-1].frames == 1
    assert stage.tracker.asked == [['mug']]


@pytest.mark.parametrize('restore', [True, False])
def test_cancelling_ends_it_at_once_and_puts_the_prompts_back_if_asked(stage, restore):
    handle = stage.goal(phrases=['mug'], restore_prompts=restore)
    stage.peer.wait(lambda: stage.tracker.asked, 'the prompts')
    begin = time.monotonic()
    stage.peer.cancel(handle)
    assert stage.peer.result_of(handle).message == 'Cancelled.'
    assert time.monotonic() - begin < 20, 'waits for its time-out'
    assert handle.status == GoalStatus.STATUS_CANCELED
    assert stage.tracker.asked == [['mug'], ['fork']][: 1 + restore]


def test_time_is_up_with_what_was_seen(stage):
    handle = stage.goal(phrases=['fork'], timeout=1.5)
    stage.image()
    result = stage.peer.result_of(handle)
    assert not result.success and handle.status == GoalStatus.STATUS_ABORTED
    assert 'Time is up' in result.message and 'on the last of 1 images 0 objects' in result.message
    assert stage.tracker.asked == [], 'the prompts were in force already'


def test_a_stated_stamp_may_be_that_of_an_image_that_has_come(stage):
    stamp = stage.image()
    goal = Segment.Goal().stamp
    goal.sec = int(stamp)
    result = stage.peer.result_of(stage.goal(stamp=goal))
    assert result.success and result.instances.header.stamp.sec == int(stamp)


def test_without_a_stamp_only_later_images_count(stage):
    stage.image()
    handle = stage.goal()
    stamp = stage.image(TrackState.NEW)
    stage.reached('confirming')
    assert [f.frames for f in stage.peer.feedback if f.frames] == [1]
    stamp = stage.image()
    assert stage.peer.result_of(handle).instances.header.stamp.sec == int(stamp)


def test_a_second_goal_ends_at_once_and_the_first_goes_on(stage):
    first = stage.goal(phrases=['mug'])
    stage.peer.wait(lambda: stage.tracker.asked, 'the prompts')
    assert 'Another goal' in stage.peer.result_of(stage.goal(phrases=['fork'])).message
    stage.image()
    assert stage.peer.result_of(first).success


def test_a_refusal_of_the_tracker_is_passed_on(stage):
    stage.tracker.refuses = 'The concept is empty.'
    result = stage.peer.result_of(stage.goal(phrases=['x']))
    assert 'The concept is empty.' in result.message


@pytest.mark.parametrize('timeout', [float('nan'), -1.0])
def test_a_timeout_that_is_none_is_refused(stage, timeout):
    assert 'timeout' in stage.peer.result_of(stage.goal(timeout=timeout)).message


def test_deactivating_the_node_ends_the_goal_with_the_reason(stage):
    stage.image()
    handle = stage.goal()
    stage.rig.node.trigger_deactivate()
    assert 'not active' in stage.peer.result_of(handle).message
