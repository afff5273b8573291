"""Changing prompts and tracks while images flow."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')

from builtin_interfaces.msg import Time  # noqa: E402
from node_rig import colored_image  # noqa: E402
from scripted_engine import ColorEngine, make_manifest  # noqa: E402
from std_msgs.msg import String  # noqa: E402
from std_srvs.srv import Trigger  # noqa: E402

from efficientsam3_ros.msg import Prompt  # noqa: E402
from efficientsam3_ros.srv import GetPrompts, RemoveTracks, SetPrompts  # noqa: E402

pytestmark = pytest.mark.dds

BOTH = {'red': (5, 5, 15, 15), 'blue': (35, 20, 15, 15)}
NAN = float('nan')


def set_prompts(rig, *concepts, threshold=NAN, renamed_from=(), reset_tracks=False, **fields):
    prompts = [Prompt(concept=c, threshold=threshold, **fields) for c in concepts]
    request = SetPrompts.Request(
        prompts=prompts, renamed_from=list(renamed_from), reset_tracks=reset_tracks
    )
    return rig.call(SetPrompts, '/tracker/set_prompts', request)


def test_new_prompt_counts_from_the_next_image_and_leaves_other_ids(make_rig):
    rig = make_rig()
    camera = rig.camera()
    before = rig.ids(rig.exchange(camera, colored_image(BOTH, sec=1)))
    answer = set_prompts(rig, 'red block', 'blue block')
    assert (answer.success, list(answer.concepts)) == (True, ['red block', 'blue block'])
    result = rig.exchange(camera, colored_image(BOTH, sec=2))
    after = rig.ids(result)
    assert after['red block'] == before['red block']
    assert after.keys() == {'red block', 'blue block'}
    assert result.prompt_version == answer.prompt_version == 2


def test_words_that_the_model_never_saw_are_named(make_rig):
    rig = make_rig()
    answer = set_prompts(rig, 'red block', 'red gizmo')
    assert answer.success
    assert 'never seen the words gizmo' in answer.message
    assert 'never seen' not in set_prompts(rig, 'red block').message


def test_the_answer_counts_what_is_in_force(make_rig):
    rig = make_rig()
    assert '1 prompt is in force' in set_prompts(rig, 'red block', 'Red  block').message
    assert '2 prompts are in force' in set_prompts(rig, 'red block', 'blue block').message
    assert 'No prompts are in force' in set_prompts(rig).message


def test_the_parameter_shows_what_a_service_or_the_topic_set(make_rig):
    rig = make_rig()
    rig.camera()

    def shown():
        return rig.tracker.get_parameter('prompts').value

    set_prompts(rig, 'blue block', threshold=0.25)
    assert shown() == ['blue block']
    answer = rig.call(GetPrompts, '/tracker/get_prompts', GetPrompts.Request())
    assert answer.prompts[0].threshold == 0.25, 'the parameter took the prompt back'
    keyboard = rig.probe.create_publisher(String, '/tracker/prompt', 5)
    rig.spin_until(keyboard.get_subscription_count, 'the tracker to read')
    keyboard.publish(String(data='red block, blue block'))
    rig.spin_until(lambda: shown() == ['red block', 'blue block'], 'the parameter')
    set_prompts(rig)
    assert shown() == ['']


def test_dropped_prompt_ends_its_tracks_only(make_rig):
    rig = make_rig(prompts=['red block', 'blue block'])
    camera = rig.camera()
    before = rig.ids(rig.exchange(camera, colored_image(BOTH, sec=1)))
    set_prompts(rig, 'blue block')
    after = rig.ids(rig.exchange(camera, colored_image(BOTH, sec=2)))
    assert after == {'blue block': before['blue block']}


def test_a_renamed_concept_hands_its_ids_over_and_leaves_others(make_rig):
    rig = make_rig(prompts=['red block', 'blue block'])
    camera = rig.camera()
    before = rig.ids(rig.exchange(camera, colored_image(BOTH, sec=1)))
    answer = set_prompts(rig, 'blue block', 'red tool', renamed_from=['', 'Red block'])
    assert (answer.success, list(answer.concepts)) == (True, ['blue block', 'red tool'])
    after = rig.ids(rig.exchange(camera, colored_image(BOTH, sec=2)))
    assert after == {'red tool': before['red block'], 'blue block': before['blue block']}


@pytest.mark.parametrize(
    ('concepts', 'renaming', 'word'),
    [
        (['red tool'], {'renamed_from': ['', 'red block']}, '2 entries for 1 prompts'),
        (['red tool'], {'renamed_from': ['mug']}, 'not in force'),
        (['red tool', 'red block'], {'renamed_from': ['red block', '']}, 'stay as well'),
        (['red', 'tool'], {'renamed_from': ['red block'] * 2}, 'one of them only'),
        (['red tool'], {'renamed_from': ['red block'], 'reset_tracks': True}, 'leave one out'),
    ],
    ids=['too many', 'unknown', 'stays', 'twice', 'forgotten'],
)
def test_contradictory_renaming_says_why_and_changes_nothing(make_rig, concepts, renaming, word):
    rig = make_rig()
    camera = rig.camera()
    before = rig.ids(rig.exchange(camera, colored_image(BOTH, sec=1)))
    answer = set_prompts(rig, *concepts, **renaming)
    assert not answer.success
    assert word in answer.message
    assert (list(answer.concepts), answer.prompt_version) == (['red block'], 1)
    assert rig.ids(rig.exchange(camera, colored_image(BOTH, sec=2))) == before


@pytest.mark.parametrize(
    ('concepts', 'fields', 'word'),
    [
        pytest.param(['  '], {}, 'empty', id='blank'),
        pytest.param(['red'], {'boxes': [0.5, 0.5]}, 'boxes', id='half a box'),
        pytest.param(['red'], {'threshold': 2.0}, 'Threshold', id='threshold'),
        pytest.param(['a b c d e'], {}, 'words', id='too long for the network'),
        pytest.param(
            ['red'], {'points': [0.5, 0.5], 'point_labels': [1]}, 'exemplar', id='no exemplars'
        ),
    ],
)
def test_refused_prompt_says_why_and_changes_nothing(make_rig, concepts, fields, word):
    rig = make_rig()
    rig.camera()
    answer = set_prompts(rig, *concepts, **fields)
    assert not answer.success
    assert word in answer.message
    assert (list(answer.concepts), answer.prompt_version) == (['red block'], 1)


def test_exemplars_may_lie_on_an_image_of_a_moment_ago(make_rig):
    engine = ColorEngine(make_manifest(exemplars=True))
    rig = make_rig(engine_loader=lambda *_: engine)
    camera = rig.camera()
    for sec in (1, 2):
        rig.exchange(camera, colored_image(BOTH, sec=sec))
    prompt = Prompt(concept='blue block', boxes=[0.6, 0.6, 0.2, 0.2], box_labels=[1])
    request = SetPrompts.Request(prompts=[prompt], stamp=Time(sec=1))
    assert rig.call(SetPrompts, '/tracker/set_prompts', request).success
    assert engine.runs['exemplar_encoder'] == 1, 'it waits for another image'
    request.stamp = Time(sec=7)
    answer = rig.call(SetPrompts, '/tracker/set_prompts', request)
    assert not answer.success
    assert 'No processed image has the stamp 7.0' in answer.message


def test_get_prompts_returns_what_was_set(make_rig):
    rig = make_rig()
    rig.camera()
    set_prompts(rig, 'blue block', threshold=0.25)
    answer = rig.call(GetPrompts, '/tracker/get_prompts', GetPrompts.Request())
    assert [(p.concept, p.threshold) for p in answer.prompts] == [('blue block', 0.25)]
    assert answer.prompt_version == 2


def test_operator_types_prompts_on_a_topic(make_rig):
    rig = make_rig()
    camera = rig.camera()
    keyboard = rig.probe.create_publisher(String, '/tracker/prompt', 5)
    rig.spin_until(keyboard.get_subscription_count, 'the tracker to read')
    keyboard.publish(String(data='a red block. the blue block'))
    pipeline = rig.tracker._pipeline()
    rig.spin_until(
        lambda: pipeline.call(lambda tracker: tracker.prompt_version) == 2, 'the new prompts'
    )
    ids = rig.ids(rig.exchange(camera, colored_image(BOTH, sec=1)))
    assert ids.keys() == {'red block', 'blue block'}


def test_removed_track_returns_under_a_new_id(make_rig):
    rig = make_rig(prompts=['red block', 'blue block'])
    camera = rig.camera()
    before = rig.ids(rig.exchange(camera, colored_image(BOTH, sec=1)))
    request = RemoveTracks.Request(track_ids=[before['red block']])
    answer = rig.call(RemoveTracks, '/tracker/remove_tracks', request)
    assert (answer.success, list(answer.remaining)) == (True, [before['blue block']])
    after = rig.ids(rig.exchange(camera, colored_image(BOTH, sec=2)))
    assert after['blue block'] == before['blue block']
    assert after['red block'] not in before.values()
    unknown = rig.call(RemoveTracks, '/tracker/remove_tracks', request)
    assert not unknown.success
    assert sorted(unknown.remaining) == sorted(after.values())
    assert str(before['red block']) in unknown.message


def test_reset_forgets_tracks_but_not_prompts(make_rig):
    rig = make_rig()
    camera = rig.camera()
    before = rig.ids(rig.exchange(camera, colored_image(BOTH, sec=1)))
    assert rig.call(Trigger, '/tracker/reset', Trigger.Request()).success
    after = rig.ids(rig.exchange(camera, colored_image(BOTH, sec=2)))
    assert after.keys() == before.keys()
    assert after != before


def test_unconfigured_node_answers_that_it_is(make_rig):
    rig = make_rig(autostart=False)
    for answer in (
        set_prompts(rig, 'red'),
        rig.call(RemoveTracks, '/tracker/remove_tracks', RemoveTracks.Request()),
        rig.call(Trigger, '/tracker/reset', Trigger.Request()),
    ):
        assert not answer.success
        assert 'not configured' in answer.message
