"""The tracker of the front door: arrays in, instances out, prompts at any time."""

import warnings

import numpy as np
import pytest
from scripted_engine import painted_frame

import efficientsam3_ros as es3
from efficientsam3_ros.core import BundleError, PromptError

MUG = {'red': (10, 6, 12, 10)}
BOTH = {**MUG, 'blue': (40, 30, 10, 10)}


@pytest.fixture
def tracker(engine):
    with es3.Tracker(prompts=['red mug']) as found:
        yield found


def test_the_shipped_network_runs_without_further_words():
    with es3.Tracker(prompts=['red mug'], threads=1) as tracker:
        assert list(tracker.step(np.zeros((48, 64, 3), np.uint8))) == []


def test_arrays_in_instances_out(tracker):
    (item,) = tracker.step(painted_frame(MUG).rgb)
    assert (item.track_id, item.concept, item.state) == (1, 'red mug', es3.TrackState.NEW)
    assert item.score == pytest.approx(0.9)
    assert item.box_xyxy == (10.0, 6.0, 22.0, 16.0)
    assert item.mask.shape == (48, 64)


def test_reversed_channels_of_opencv_are_taken_as_they_are(tracker):
    bgr = painted_frame(MUG).rgb[..., ::-1].copy()
    assert len(tracker.step(bgr)) == 0
    assert len(tracker.step(bgr[..., ::-1])) == 1


def test_stamps_come_back(tracker):
    frame = painted_frame(MUG, stamp_ns=1_500_000_000)
    assert tracker.step(frame.rgb).frame_result.stamp_ns == 0
    assert tracker.step(frame.rgb, 0.25).stamp_s == 0.25
    result = tracker.step(frame)
    assert result.stamp_s == 1.5
    assert result.frame_result.frame_id == frame.frame_id
    assert tracker.step(frame, stamp_s=2).stamp_s == 2.0


@pytest.mark.parametrize(
    'image',
    [
        np.zeros((48, 64), np.uint8),
        np.zeros((48, 64, 4), np.uint8),
        np.zeros((48, 64, 3), np.float32),
        np.zeros((0, 64, 3), np.uint8),
        None,
    ],
    ids=['grey', 'rgba', 'float', 'empty', 'none'],
)
def test_what_is_no_image_is_refused(tracker, image):
    with pytest.raises(ValueError, match=r'uint8 array of shape|image is empty'):
        tracker.step(image)


@pytest.mark.parametrize('stamp_s', [float('nan'), float('inf'), 1e300])
def test_a_time_is_finite(tracker, stamp_s):
    with pytest.raises(ValueError, match='stamp_s is'):
        tracker.step(painted_frame(MUG), stamp_s)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ({'prompts': 5}, 'Prompts are texts'),
        ({'prompts': [5]}, 'A concept is a text'),
        ({'prompts': [None]}, 'A concept is a text'),
        ({'prompts': 'mug\x00'}, r'U\+0000'),
        ({'prompts': ['mug'] * 3 + [f'mug {i}' for i in range(5000)]}, '5001 prompts, at most 16'),
        ({'threads': -1}, 'threads is -1'),
        ({'threads': 'all'}, "threads is 'all'"),
        ({'engine': None}, 'Unknown backend'),
        ({'bundle': 'a\x00b'}, 'no name of a bundle'),
        ({'bundle': 'x' * 10_000}, 'no name of a bundle'),
        ({'config': {'detect_every': 2}}, 'config is a TrackerConfig'),
    ],
    ids=lambda value: str(value)[:30],
)
def test_wrong_arguments_are_refused_in_a_sentence(arguments, message):
    with pytest.raises((TypeError, ValueError, RuntimeError), match=message):
        es3.Tracker(**{'prompts': ['red mug'], **arguments})


def test_prompts_change_at_any_time_and_the_rest_keeps_its_ids(tracker):
    rgb = painted_frame(BOTH).rgb
    assert [i.track_id for i in tracker.step(rgb)] == [1]
    tracker.prompts = [*tracker.prompts, 'blue block']
    assert [(i.track_id, i.concept) for i in tracker.step(rgb)] == [
        (1, 'red mug'),
        (2, 'blue block'),
    ]
    tracker.set_prompts('blue block', reset_tracks=True)
    assert [i.track_id for i in tracker.step(rgb)] == [3]
    tracker.set_prompts(['blue tool'], renamed={'blue block': 'blue tool'})
    assert [(i.track_id, i.concept) for i in tracker.step(rgb)] == [(3, 'blue tool')]


def test_one_text_holds_several_prompts_as_for_the_command(tracker):
    tracker.prompts = 'a red mug, blue block'
    assert tracker.concepts == ('red mug', 'blue block')


def test_one_prompt_needs_no_list(tracker):
    tracker.prompts = es3.Prompt('red mug', threshold=0.95)
    assert len(tracker.step(painted_frame(MUG).rgb)) == 0


def test_a_box_reaches_the_exemplar_encoder(engine, tracker):
    frame = painted_frame(MUG)
    tracker.prompts = [es3.exemplar('red mug', frame, (10, 6, 22, 16))]
    assert len(tracker.step(frame)) == 1
    assert engine.runs['exemplar_encoder'] == 1


def test_a_mapping_is_refused_with_the_way_that_works(tracker):
    with pytest.raises(TypeError, match='exemplar'):
        tracker.set_prompts({'red mug': (10, 6, 22, 16)})
    assert tracker.concepts == ('red mug',)


def test_a_refused_prompt_changes_nothing(tracker):
    with pytest.raises(PromptError, match='empty'):
        tracker.prompts = ['blue block', ' ']
    assert tracker.concepts == ('red mug',)


@pytest.mark.parametrize(
    'ask',
    [
        lambda tracker: es3.Tracker(['red zebra']),
        lambda tracker: tracker.set_prompts(['red zebra']),
        lambda tracker: setattr(tracker, 'prompts', ['red zebra']),
    ],
    ids=['constructor', 'method', 'assignment'],
)
def test_words_that_the_model_does_not_know_are_warned_of_where_they_are_given(tracker, ask):
    with pytest.warns(UserWarning, match='never seen "zebra" of "red zebra"') as caught:
        ask(tracker)
    # setattr and the lambdas are here; a constructor's warning must not point into the package.
    assert caught[0].filename == __file__


def test_known_words_are_not_warned_of(tracker):
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        tracker.prompts = ['blue mug']
    assert tracker.unknown_words == {}


def test_reset_forgets_the_tracks_and_keeps_the_prompts(tracker):
    rgb = painted_frame(MUG).rgb
    tracker.step(rgb)
    tracker.reset()
    assert [i.track_id for i in tracker.step(rgb)] == [2]


def test_settings_reach_the_tracker(engine):
    with es3.Tracker('red mug', config=es3.TrackerConfig(min_area_px=500)) as tracker:
        assert len(tracker.step(painted_frame(MUG).rgb)) == 0


def test_leaving_the_block_frees_the_network(engine):
    with es3.Tracker('red mug') as tracker:
        assert not engine.closed
    assert engine.closed
    tracker.close()
    with pytest.raises(RuntimeError, match='closed; make a new one'):
        tracker.step(painted_frame(MUG).rgb)


def test_a_refused_prompt_of_the_constructor_frees_the_network(engine):
    with pytest.raises(PromptError):
        es3.Tracker([''])
    assert engine.closed


def test_a_bundle_of_earlier_versions_is_told_what_took_its_place():
    with pytest.raises(BundleError, match='"nano_tabletop" was replaced; name "nano"'):
        es3.Tracker('red mug', bundle='nano_tabletop')


def test_a_missing_bundle_is_told():
    with pytest.raises(BundleError, match='no bundle "none_such"'):
        es3.Tracker('red mug', bundle='none_such')
