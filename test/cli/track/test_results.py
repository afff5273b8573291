"""``efficientsam3 track`` leaves video, bag, lines and contact sheet."""

import cv2
import pytest
from track_command import FRAMES, frames, lines, track

from efficientsam3_ros.bags import BagReader, BagWriter
from efficientsam3_ros.cli.support import result_folder

pytestmark = pytest.mark.usefixtures('engine')


def test_bag_gives_all_four_results(bag, tmp_path, capsys):
    out = tmp_path / 'out'
    assert track(bag, out) == 0
    rows = lines(out)
    assert len(rows) == FRAMES
    assert rows[3]['stamp_ns'] == 1_300_000_000
    assert [(i['concept'], i['track_id'], i['area']) for i in rows[3]['instances']] == [
        ('red mug', 1, 120),
        ('blue block', 2, 100),
    ]
    assert rows[3]['instances'][0]['roi'] == {'x': 10, 'y': 6, 'width': 12, 'height': 10}
    with BagReader(out / 'instances.mcap') as results:
        masks = [r.instances[0].mask for r in results.results('/tracker/instances')]
    assert masks[3].decode()[6:16, 10:22].all()
    video = cv2.VideoCapture(str(out / 'overlay.mp4'))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == FRAMES
    assert cv2.imread(str(out / 'contact_sheet.png')).shape[1] == 1600
    printed = capsys.readouterr().out
    assert '10 frames' in printed
    assert 'red mug' in printed


def test_the_overlay_plays_at_the_rate_of_the_stamps(tmp_path):
    path = tmp_path / 'clip.mcap'
    with BagWriter(path) as writer:
        for i, frame in enumerate(frames()):
            writer.image('/image', frame.rgb, 'rgb8', 10**9 + round(i * 1e9 / 30), 'camera')
    assert track(path, tmp_path / 'out') == 0
    video = cv2.VideoCapture(str(tmp_path / 'out' / 'overlay.mp4'))
    assert video.get(cv2.CAP_PROP_FPS) == pytest.approx(30, abs=0.1)


def test_second_run_gives_the_same_bytes(bag, tmp_path):
    for name in ('one', 'two'):
        assert track(bag, tmp_path / name, '--no-video') == 0
    for file in ('instances.jsonl', 'instances.mcap', 'contact_sheet.png'):
        first, second = ((tmp_path / name / file).read_bytes() for name in ('one', 'two'))
        assert first == second


def test_a_missing_artefact_is_named(pictures, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(result_folder, 'write_picture', lambda *_: None)
    assert track(pictures, tmp_path / 'out') == 2
    assert 'contact_sheet.png is missing or empty' in capsys.readouterr().err
