"""Texts of launch arguments become parameters, topics and remappings."""

from __future__ import annotations

import pytest

pytest.importorskip('yaml', reason='needs PyYAML')

from efficientsam3_ros.nodes.support import launch_texts
from efficientsam3_ros.nodes.tracker.settings import NodeSettings


@pytest.mark.parametrize(
    ('name', 'text', 'value'),
    [
        ('prompts', 'red mug, screwdriver', ['red mug', 'screwdriver']),
        ('prompts', 'red mug', ['red mug']),
        ('prompts', "['yes']", ['yes']),
        ('prompts', '[]', ['']),
        ('threads', '2', 2),
        ('threads', '-1', -1),
        ('max_age', '2', 2.0),
        ('max_age', '5e-1', 0.5),
        ('spin', 'true', True),
        ('bundle', '123', '123'),
        ('image_transport', 'compressed', 'compressed'),
    ],
)
def test_a_text_becomes_the_type_that_the_node_declares(name, text, value):
    (given,) = launch_texts.parameters(NodeSettings, {name: text}).values()
    assert (given, type(given)) == (value, type(value))


@pytest.mark.parametrize(
    ('name', 'text'),
    [('prompts', '[yes, no]'), ('prompts', "['mug"), ('threads', 'four'), ('max_age', '[')],
)
def test_what_cannot_be_read_is_left_to_the_node(name, text):
    assert launch_texts.parameters(NodeSettings, {name: text}) == {name: text}


def test_what_was_not_given_and_other_names_are_left_out():
    assert launch_texts.parameters(NodeSettings, {'prompts': '', 'seed': '7'}) == {}


def test_further_remappings():
    pairs = launch_texts.remappings('/cam', '~/instances:=/masks ~/overlay:=/picture')
    assert pairs == [('image', '/cam'), ('~/instances', '/masks'), ('~/overlay', '/picture')]
    for wrong in ('masks', ':=b', 'a:='):
        with pytest.raises(ValueError, match='from:=to'):
            launch_texts.remappings('/cam', wrong)


def test_flags_of_the_launch_file():
    assert launch_texts.flag('respawn', 'true') and not launch_texts.flag('respawn', 'False')
    with pytest.raises(ValueError, match='respawn is true or false'):
        launch_texts.flag('respawn', 'maybe')


@pytest.mark.parametrize(
    ('default', 'text'),
    [(0, '0'), (0.5, '0.5'), (True, 'true'), ('raw', 'raw'), ((), '[]'), (('a',), "['a']")],
)
def test_defaults_are_shown_as_one_would_write_them(default, text):
    assert launch_texts.shown_default(default) == text
