"""The layouts for RViz and Foxglove show topics that the tracker node publishes."""

import json
from pathlib import Path
import re

import pytest

ROOT = Path(__file__).parents[1]
OUTPUTS = (ROOT / 'docs' / 'ros_interface.md').read_text(encoding='utf-8')


def test_rviz_shows_outputs_of_the_node():
    yaml = pytest.importorskip('yaml')
    layout = yaml.safe_load((ROOT / 'config' / 'tracker.rviz').read_text(encoding='utf-8'))
    displays = layout['Visualization Manager']['Displays']
    topics = [item['Topic']['Value'] for item in displays if 'Topic' in item]
    assert topics
    for topic in topics:
        assert f'~/{topic.removeprefix("/tracker/")}' in OUTPUTS


def test_foxglove_shows_outputs_of_the_node():
    text = (ROOT / 'config' / 'foxglove_layout.json').read_text(encoding='utf-8')
    layout = json.loads(text)
    panels, shown = layout['configById'], json.dumps(layout['layout'])
    assert panels
    for name in panels:
        assert name in shown, f'{name} is configured but nowhere on the screen'
    for topic in set(re.findall(r'/tracker/(\w+)', text)):
        assert f'~/{topic}' in OUTPUTS
