"""Who follows tracks by their events never keeps one that the tracker has let go."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')

from lifecycle_msgs.msg import Transition  # noqa: E402
from lifecycle_msgs.srv import ChangeState  # noqa: E402
from node_rig import colored_image  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from std_msgs.msg import String  # noqa: E402
from std_srvs.srv import Trigger  # noqa: E402

from efficientsam3_ros.msg import Prompt, TrackEvent  # noqa: E402
from efficientsam3_ros.srv import RemoveTracks, SetPrompts  # noqa: E402

pytestmark = pytest.mark.dds

RED = {'red': (10, 5, 20, 12)}
CONFIRMED, LOST, FOUND = TrackEvent.CONFIRMED, TrackEvent.LOST, TrackEvent.FOUND
ENDED = TrackEvent.ENDED


class Story:
    """A tracker that has confirmed one track on the image of 7 s, and who hears its events."""

    def __init__(self, make_rig, **parameters):
        self.rig = make_rig(**{'tracking.confirm_hits': 1, **parameters})
        self.events = []
        rig, topic = self.rig, '/tracker/track_events'
        rig.probe.create_subscription(TrackEvent, topic, self.events.append, 50)
        rig.spin_until(lambda: rig.tracker.count_subscribers(topic), 'the probe')
        self.camera = rig.camera()
        rig.spin_until(lambda: rig.probe.count_publishers(topic), 'the topic')
        (self.track,) = rig.exchange(self.camera, colored_image(RED, sec=7)).instances
        self.told(CONFIRMED)

    def told(self, *kinds):
        """Wait for the events so far; all are of the one track, and the last is at the end."""
        self.rig.spin_until(lambda: len(self.events) >= len(kinds), f'events {kinds}')
        assert [event.event for event in self.events] == list(kinds)
        assert {event.track_id for event in self.events} == {self.track.track_id}
        last = self.events[-1]
        assert last.header.frame_id == 'camera_optical_frame'
        return last.header.stamp.sec, last.last_seen.sec

    def change(self, *transitions):
        for transition in transitions:
            request = ChangeState.Request(transition=Transition(id=transition))
            assert self.rig.call(ChangeState, '/tracker/change_state', request).success


def clear_by_parameter(rig, track_id):
    (answer,) = rig.tracker.set_parameters([Parameter('prompts', value=[''])])
    assert answer.successful


def clear_by_topic(rig, track_id):
    publisher = rig.probe.create_publisher(String, '/tracker/prompt', 5)
    rig.spin_until(publisher.get_subscription_count, 'the tracker to listen')
    publisher.publish(String(data='a blue block'))


def service(kind, name, **request):
    def call(rig, track_id):
        given = {key: [track_id] if value is None else value for key, value in request.items()}
        assert rig.call(kind, f'/tracker/{name}', kind.Request(**given)).success

    return call


REQUESTS = {
    'cleared by parameter': clear_by_parameter,
    'other words by topic': clear_by_topic,
    'cleared by service': service(SetPrompts, 'set_prompts'),
    'the same words, reset': service(
        SetPrompts, 'set_prompts', prompts=[Prompt(concept='red block')], reset_tracks=True
    ),
    'reset': service(Trigger, 'reset'),
    'removed': service(RemoveTracks, 'remove_tracks', track_ids=None),
}


@pytest.mark.parametrize('request_', REQUESTS.values(), ids=REQUESTS)
def test_what_a_request_ends_is_told_though_no_image_follows(make_rig, request_):
    story = Story(make_rig)
    request_(story.rig, story.track.track_id)
    assert story.told(CONFIRMED, ENDED) == (7, 7), 'with the header of the last image'
    story.rig.exchange(story.camera, colored_image({}, sec=8))
    story.told(CONFIRMED, ENDED)


def test_a_track_of_a_prompt_that_stays_is_not_told_of(make_rig):
    story = Story(make_rig)
    words = [Prompt(concept='red block'), Prompt(concept='blue block')]
    service(SetPrompts, 'set_prompts', prompts=words)(story.rig, 0)
    story.rig.exchange(story.camera, colored_image(RED, sec=8))
    story.told(CONFIRMED)


def test_deactivate_loses_a_track_that_activate_finds_again(make_rig):
    story = Story(make_rig)
    story.change(Transition.TRANSITION_DEACTIVATE)
    story.told(CONFIRMED, LOST)
    rig = story.rig
    rig.spin_until(lambda: story.camera.get_subscription_count() == 0, 'the tracker to let go')
    story.change(Transition.TRANSITION_ACTIVATE)
    rig.connect(story.camera)
    rig.exchange(story.camera, colored_image(RED, sec=9))
    assert story.told(CONFIRMED, LOST, FOUND) == (9, 9)


def test_a_track_ends_while_the_node_is_inactive(make_rig):
    story = Story(make_rig)
    story.change(Transition.TRANSITION_DEACTIVATE)
    clear_by_parameter(story.rig, 0)
    story.told(CONFIRMED, LOST, ENDED)
    story.change(Transition.TRANSITION_CLEANUP)
    story.rig.spin_for(0.2)
    story.told(CONFIRMED, LOST, ENDED)


@pytest.mark.parametrize(
    ('transitions', 'kinds'),
    [
        ((Transition.TRANSITION_DEACTIVATE, Transition.TRANSITION_CLEANUP), (LOST, ENDED)),
        ((Transition.TRANSITION_ACTIVE_SHUTDOWN,), (ENDED,)),
    ],
    ids=['cleanup', 'shutdown'],
)
def test_the_end_of_the_session_ends_every_track(make_rig, transitions, kinds):
    story = Story(make_rig)
    story.change(*transitions)
    assert story.told(CONFIRMED, *kinds) == (7, 7)


def test_an_engine_that_is_given_up_ends_every_track(make_rig):
    story = Story(make_rig, max_failures=1)
    story.rig.engines[0].runs.clear()
    story.camera.publish(colored_image(RED, sec=8))
    assert story.told(CONFIRMED, ENDED) == (7, 7)


def test_a_false_start_makes_no_event(make_rig):
    story = Story(make_rig, **{'tracking.confirm_hits': 1})
    rig = story.rig
    rig.tracker.set_parameters([Parameter('tracking.confirm_hits', value=3)])
    both = {**RED, 'blue': (40, 30, 10, 10)}
    words = [Prompt(concept='red block'), Prompt(concept='blue block')]
    service(SetPrompts, 'set_prompts', prompts=words)(rig, 0)
    assert len(rig.exchange(story.camera, colored_image(both, sec=8)).instances) == 2
    service(Trigger, 'reset')(rig, 0)
    story.told(CONFIRMED, ENDED)
