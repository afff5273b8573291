"""The action is generated, served and called by rclpy, in one process."""

from __future__ import annotations

from threading import Event

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from action_peer import ActionPeer  # noqa: E402
from rclpy.action import ActionServer, CancelResponse  # noqa: E402

from efficientsam3_ros.action import Segment  # noqa: E402

pytestmark = pytest.mark.dds


@pytest.fixture
def peer():
    with ActionPeer() as peer:
        yield peer


def test_goal_feedback_and_result_arrive(peer):
    def execute(goal):
        goal.publish_feedback(Segment.Feedback(stage='waiting', frames=2))
        goal.succeed()
        return Segment.Result(success=True, message=f'found {goal.request.phrases[0]}')

    server = ActionServer(peer.node, Segment, 'segment', execute)
    answer = peer.send('segment', Segment.Goal(phrases=['red mug'], timeout=1.5))
    result = peer.result_of(answer)
    assert (result.success, result.message) == (True, 'found red mug')
    peer.wait(lambda: [(f.stage, f.frames) for f in peer.feedback] == [('waiting', 2)])
    server.destroy()


def test_a_goal_can_be_cancelled_while_it_runs(peer):
    asked = Event()

    def execute(goal):
        assert asked.wait(60)
        peer.wait(lambda: goal.is_cancel_requested)
        goal.canceled()
        return Segment.Result(message='cancelled')

    def cancel(goal):
        asked.set()
        return CancelResponse.ACCEPT

    server = ActionServer(peer.node, Segment, 'segment', execute, cancel_callback=cancel)
    answer = peer.send('segment', Segment.Goal())
    peer.cancel(answer)
    assert peer.result_of(answer).message == 'cancelled'
    server.destroy()
