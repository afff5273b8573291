from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
import re

import pytest

from efficientsam3_ros.nodes.tracker import settings
from efficientsam3_ros.nodes.tracker.settings import NodeSettings
from efficientsam3_ros.tracking import TrackerConfig

SHIPPED = Path(__file__).resolve().parents[3] / 'config' / 'tracker.yaml'


@pytest.mark.parametrize(
    ('change', 'word'),
    [
        ({'image_transport': 'theora'}, 'image_transport'),
        ({'reliability': 'sometimes'}, 'reliability'),
        ({'threads': -1}, 'threads'),
        ({'max_age': float('nan')}, 'max_age'),
        ({'prompts': ('x' * 300,)}, '300 characters'),
    ],
    ids=lambda value: str(value)[:20],
)
def test_bad_setting_is_named(change, word):
    with pytest.raises(ValueError, match=word):
        NodeSettings(**change)


def test_blank_prompts_are_left_out():
    prompts = NodeSettings(prompts=('', ' red  mug ', '  ')).parsed_prompts()
    assert [prompt.concept for prompt in prompts] == ['red mug']


def test_shipped_file_holds_every_parameter_with_its_default_and_a_comment():
    yaml = pytest.importorskip('yaml', reason='needs PyYAML')
    text = SHIPPED.read_text()
    values = yaml.safe_load(text)['/**']['ros__parameters']
    tracking = values.pop('tracking')
    defaults = asdict(NodeSettings())
    assert values == defaults | {'prompts': ['']}
    assert repr(TrackerConfig(**tracking)) == repr(TrackerConfig())
    assert tracking.keys() == {item.name for item in fields(TrackerConfig)}
    lines = [line.strip() for line in text.splitlines()]
    for name in [*values, *tracking]:
        index = next(i for i, line in enumerate(lines) if line.startswith(f'{name}:'))
        assert lines[index - 1].startswith('#'), name


def kind_of(item):
    """Return what the file's comment says of a parameter beside its meaning."""
    meta, words = item.metadata, []
    if 'low' in meta:
        words.append(f'{float(meta["low"]):.9g}..{float(meta["high"]):.9g}')
    if 'choices' in meta:
        words.append(f'one of {", ".join(meta["choices"])}')
    if meta.get('read_only'):
        words.append('fixed at start')
    else:
        words.append('fixed from configure to cleanup' if meta.get('structural') else 'live')
    return f'({"; ".join(words)})'


def test_shipped_comments_say_what_the_node_declares():
    text = re.sub(r'\n *# ', ' ', SHIPPED.read_text())
    for item in [*fields(NodeSettings), *fields(TrackerConfig)]:
        told = re.search(rf' ([^\n]*)\n *{item.name}:', text)
        wanted = f'{item.metadata["description"]} {kind_of(item)}'
        assert told and told[1].endswith(wanted), item.name


@pytest.mark.parametrize(
    ('cores', 'threads'), [(1, 1), (2, 2), (4, 2), (6, 3), (8, 4), (64, 4)], ids=str
)
def test_unless_told_the_engine_leaves_cores_to_others(cores, threads, monkeypatch):
    monkeypatch.setattr(settings, 'usable_cores', lambda: cores)
    chosen = NodeSettings().engine_options()
    assert (chosen.threads, chosen.spin) == (threads, False)


def test_threads_and_spin_reach_the_engine():
    chosen = NodeSettings(threads=3, spin=True).engine_options()
    assert (chosen.threads, chosen.spin) == (3, True)
