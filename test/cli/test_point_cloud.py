"""``efficientsam3 track --point-cloud``: metres, camera and colors of what is written."""

import json

import cv2
import numpy as np
import pytest
from recordings import write_recording
from scripted_engine import ColorEngine, painted_frame

from efficientsam3_ros.cli import track
from efficientsam3_ros.cli.main import main
from efficientsam3_ros.core.pictures.overlay import track_color

BOX = (10, 6, 12, 10)


@pytest.fixture
def scene(tmp_path, monkeypatch):
    monkeypatch.setattr(track, 'load_engine', lambda *_: ColorEngine())
    folder = tmp_path / 'scenes'
    folder.mkdir()
    rgb = painted_frame({'red': BOX}).rgb
    assert cv2.imwrite(str(folder / 'desk_rgb.png'), rgb[..., ::-1])
    depth = np.full(rgb.shape[:2], 1500, np.uint16)
    depth[:, 15:20] = 0
    assert cv2.imwrite(str(folder / 'desk_depth.png'), depth)
    about = {'fx': 60.0, 'fy': 61.0, 'cx': 31.0, 'cy': 23.0}
    (folder / 'camera.json').write_text(json.dumps(about))
    return folder


def run(source, *more) -> int:
    out = str(source.parent / 'out')
    return main(
        ['track', str(source), '--prompts', 'red mug', '--point-cloud', '--out', out, *more]
    )


def read_ply(path):
    """Read a binary PLY by its header."""
    head, body = path.read_bytes().split(b'end_header\n', 1)
    lines = head.decode().splitlines()
    assert lines[:2] == ['ply', 'format binary_little_endian 1.0']
    types = {'float': '<f4', 'uchar': 'u1', 'uint': '<u4'}
    fields = [line.split()[1:] for line in lines if line.startswith('property')]
    cloud = np.frombuffer(body, [(name, types[kind]) for kind, name in fields])
    assert f'element vertex {len(cloud)}' in lines
    return cloud


def test_a_scene_becomes_a_cloud_in_the_colors_of_its_masks(scene):
    assert run(scene) == 0
    out = scene.parent / 'out'
    assert sorted(path.name for path in (out / 'clouds').iterdir()) == ['000000.ply', '000000.png']
    cloud = read_ply(out / 'clouds/000000.ply')
    rgb = cv2.imread(str(scene / 'desk_rgb.png'))[..., ::-1]
    rows, columns = np.mgrid[: rgb.shape[0], : rgb.shape[1]]
    seen = (columns < 15) | (columns >= 20)
    assert len(cloud) == seen.sum()
    # The pixels of the mask, found again by the camera from metres.
    assert cloud['z'] == pytest.approx(1.5)
    assert cloud['x'] * 60 / 1.5 + 31 == pytest.approx(columns[seen], abs=1e-3)
    assert cloud['y'] * 61 / 1.5 + 23 == pytest.approx(rows[seen], abs=1e-3)
    x, y, width, height = BOX
    inside = (columns >= x) & (columns < x + width) & (rows >= y) & (rows < y + height)
    assert np.array_equal(cloud['track_id'] == 1, inside[seen])
    colors = np.stack([cloud[name] for name in ('red', 'green', 'blue')], axis=1)
    assert (colors[inside[seen]] == track_color(1)).all()
    assert np.array_equal(colors[~inside[seen]], rgb[seen & ~inside])
    view = cv2.imread(str(out / 'clouds/000000.png'))
    assert view.shape == rgb.shape
    assert (view[..., ::-1] == track_color(1)).all(axis=2).sum() > 20


def test_the_contact_sheet_shows_the_cloud_beside_its_picture(scene):
    assert run(scene, '--no-video') == 0
    out = scene.parent / 'out'
    sheet = cv2.imread(str(out / 'contact_sheet.png'))
    assert sheet.shape == (300, 800, 3)
    view = cv2.resize(cv2.imread(str(out / 'clouds/000000.png')), (400, 300))
    # But for the time, which is written at the bottom left of the picture.
    assert np.abs(sheet[:, 400:].astype(int) - view).mean() < 4
    assert np.abs(sheet[:260, :400].astype(int) - view[:260]).mean() > 20


def test_the_cloud_is_of_the_results_that_force_replaces(scene):
    assert run(scene) == 0
    assert run(scene) == 2
    assert run(scene, '--force', '--no-video') == 0


def test_what_has_no_depth_is_refused_and_leaves_nothing(scene, tmp_path, capsys):
    write_recording(tmp_path / 'a.mcap')
    (scene / 'desk_depth.png').unlink()
    for source in (tmp_path / 'a.mcap', scene, scene / 'desk_rgb.png'):
        assert run(source) == 2
        assert 'has no depth that is read here' in capsys.readouterr().err
        assert not (source.parent / 'out').exists()


def test_a_full_disk_is_one_sentence(scene, monkeypatch, capsys):
    from efficientsam3_ros.cli.support import point_clouds

    def full(path, *_):
        raise OSError(28, 'No space left on device', str(path))

    monkeypatch.setattr(point_clouds, 'write_ply', full)
    assert run(scene) == 2
    shown = capsys.readouterr().err
    assert 'No space left on device' in shown and '000000.ply' in shown
