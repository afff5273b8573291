"""What an operator may ask for, and what he is told otherwise."""

from __future__ import annotations

import pytest

from efficientsam3_ros.core import Prompt, PromptError
from efficientsam3_ros.core.prompt import parse_prompts


def test_white_space_is_tidied_and_the_words_kept_verbatim():
    assert Prompt('  Red \t mug ').concept == 'Red mug'


@pytest.mark.parametrize('concept', ['', '   ', '\n'])
def test_an_empty_concept_is_refused(concept):
    with pytest.raises(PromptError, match='empty'):
        Prompt(concept)


def test_an_over_long_concept_is_refused():
    with pytest.raises(PromptError, match='201 characters'):
        Prompt('a' * 201)


@pytest.mark.parametrize('concept', [None, 3, b'mug', ['mug']])
def test_a_concept_is_a_text(concept):
    with pytest.raises(PromptError, match='is a text such as'):
        Prompt(concept)


@pytest.mark.parametrize('concept', ['mug\x00', 'red \x1b[31mmug', '\x85\x07', '\udcff mug'])
def test_control_characters_are_refused_and_not_printed(concept):
    with pytest.raises(PromptError, match=r'U\+') as refusal:
        Prompt(concept)
    assert str(refusal.value).isprintable()


def test_other_scripts_are_text():
    assert Prompt('rote Täßchen 赤いマグ ☕').concept == 'rote Täßchen 赤いマグ ☕'


def test_an_over_long_line_is_refused():
    with pytest.raises(PromptError, match='name fewer'):
        parse_prompts('mug, ' * 100_000)


@pytest.mark.parametrize('threshold', [-0.1, 1.1, float('inf'), '0.5', None, True])
def test_a_threshold_outside_0_to_1_is_refused(threshold):
    with pytest.raises(PromptError, match='Threshold'):
        Prompt('mug', threshold=threshold)


@pytest.mark.parametrize(
    'exemplars',
    [
        {'boxes': ((0.5, 0.5, 0.1, 0.1),)},
        {'boxes': ((0.5, 0.5, 0.1, 1.2),), 'box_labels': (1,)},
        {'points': ((float('nan'), 0.5),), 'point_labels': (1,)},
        {'points': ((0.5,),), 'point_labels': (1,)},
        {'points': (('0.5', 0.5),), 'point_labels': (1,)},
        {'boxes': ((0.5, 0.5, 0.1),), 'box_labels': (1,)},
        {'boxes': ((0.5, 0.5, 0.0, 0.1),), 'box_labels': (1,)},
        {'boxes': ((0.5, 0.5, 0.1, 0.0),), 'box_labels': (0,)},
        {'boxes': ((0.05, 0.5, 0.2, 0.1),), 'box_labels': (1,)},
        {'boxes': ((0.5, 0.95, 0.2, 0.2),), 'box_labels': (1,)},
        {'boxes': ((1.0, 1.0, 0.5, 0.5),), 'box_labels': (1,)},
        {'points': ((0.5, 0.5),), 'point_labels': (2,)},
    ],
)
def test_wrong_exemplars_are_refused(exemplars):
    with pytest.raises(PromptError, match='"mug"'):
        Prompt('mug', **exemplars)


def test_a_box_at_the_edge_is_inside():
    box = (0.1, 0.95, 0.2000001, 0.1)
    assert Prompt('mug', boxes=(box, (0.5, 0.5, 1.0, 1.0)), box_labels=(1, 0)).boxes[0] == box


def test_has_exemplars():
    assert not Prompt('mug').has_exemplars
    assert Prompt('mug', points=((0.5, 0.5),), point_labels=(1,)).has_exemplars


@pytest.mark.parametrize(
    ('text', 'concepts'),
    [
        ('red mug', ['red mug']),
        ('a red mug. The screwdriver; an apple\nbox', ['red mug', 'screwdriver', 'apple', 'box']),
        ('mug, mug,, mug', ['mug']),
        ('theatre mask, another mug', ['theatre mask', 'another mug']),
    ],
)
def test_one_line_is_split_into_prompts(text, concepts):
    assert [prompt.concept for prompt in parse_prompts(text)] == concepts


@pytest.mark.parametrize('text', ['', ' , . ', 'a , the '])
def test_a_line_without_concepts_is_refused(text):
    with pytest.raises(PromptError, match='No concept'):
        parse_prompts(text)
