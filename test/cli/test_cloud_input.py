"""``efficientsam3 track`` on the picture of an organised point cloud."""

import json

import numpy as np
import pytest
from scripted_engine import ColorEngine, painted_frame

pytest.importorskip('pypcd4')

from efficientsam3_ros.cli import track
from efficientsam3_ros.cli.main import main


@pytest.fixture
def cloud(tmp_path, monkeypatch):
    monkeypatch.setattr(track, 'load_engine', lambda *_: ColorEngine())
    rgb = painted_frame({'red': (10, 6, 12, 10)}).rgb
    height, width = rgb.shape[:2]
    points = np.zeros(rgb.shape[:2], [('xyz', '<f4', 3), ('bgra', 'u1', 4)])
    points['bgra'][..., :3] = rgb[..., ::-1]
    path = tmp_path / 'frame.PCD'
    path.write_bytes(
        'VERSION 0.7\nFIELDS x y z rgba\nSIZE 4 4 4 4\nTYPE F F F U\nCOUNT 1 1 1 1\n'
        f'WIDTH {width}\nHEIGHT {height}\nPOINTS {width * height}\nDATA binary\n'.encode()
        + points.tobytes()
    )
    return path


def run(cloud) -> int:
    return main(['track', str(cloud), '--prompts', 'red mug', '--out', str(cloud.parent / 'out')])


def test_the_red_thing_is_found_in_the_colours_of_the_cloud(cloud):
    assert run(cloud) == 0
    (line,) = (cloud.parent / 'out' / 'instances.jsonl').read_text().splitlines()
    (item,) = json.loads(line)['instances']
    assert item['roi'] == {'x': 10, 'y': 6, 'width': 12, 'height': 10}


def test_truncated_cloud_is_refused_and_leaves_no_output(cloud, capsys):
    cloud.write_bytes(cloud.read_bytes()[:-100])
    assert run(cloud) == 2
    assert 'frame.PCD: The file is truncated' in capsys.readouterr().err
    assert not (cloud.parent / 'out').exists()
