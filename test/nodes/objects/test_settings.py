from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
import re

import pytest

pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')

from efficientsam3_ros.nodes.objects.settings import ObjectSettings

SHIPPED = Path(__file__).resolve().parents[3] / 'config' / 'objects.yaml'


@pytest.mark.parametrize(
    ('change', 'word'),
    [
        ({'slop': -0.1}, 'slop'),
        ({'slop': float('nan')}, 'slop'),
        ({'queue': 0}, 'queue'),
        ({'synchronizer': 'theirs'}, 'synchronizer'),
        ({'keep_out': ('0 0 0',)}, 'keep_out'),
        ({'tracker': ' '}, 'tracker'),
        ({'depth_topic': ''}, 'depth_topic'),
        ({'gripper_width': 0.0}, 'gripper_width'),
    ],
    ids=lambda value: str(value)[:20],
)
def test_bad_setting_is_named(change, word):
    with pytest.raises(ValueError, match=word):
        ObjectSettings(**change)


def test_the_gripper_is_that_of_the_parameters():
    gripper = ObjectSettings(gripper_width=0.11, finger_length=0.06).gripper()
    assert (gripper.max_width, gripper.finger_length) == (0.11, 0.06)


def test_shipped_file_holds_every_parameter_with_its_default():
    yaml = pytest.importorskip('yaml', reason='needs PyYAML')
    values = yaml.safe_load(SHIPPED.read_text())['/**']['ros__parameters']
    assert values == asdict(ObjectSettings()) | {'keep_out': ['']}


def kind_of(item):
    """Return what the file's comment says of a parameter beside its meaning."""
    meta, words = item.metadata, []
    if 'low' in meta:
        words.append(f'{float(meta["low"]):.10g}..{float(meta["high"]):.10g}')
    if 'choices' in meta:
        words.append(f'one of {", ".join(meta["choices"])}')
    if meta.get('read_only'):
        words.append('fixed at start')
    else:
        words.append('fixed from configure to cleanup' if meta.get('structural') else 'live')
    return f'({"; ".join(words)})'


def test_shipped_comments_say_what_the_node_declares():
    text = re.sub(r'\n *# ', ' ', SHIPPED.read_text())
    for item in fields(ObjectSettings):
        told = re.search(rf' ([^\n]*)\n *{item.name}:', text)
        wanted = f'{item.metadata["description"]} {kind_of(item)}'
        assert told and told[1].endswith(wanted), item.name
