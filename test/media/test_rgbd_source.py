"""RGB-D scenes as frames: the color pictures alone, with their points if they are asked for."""

import cv2
from miniatures import HEIGHT, WIDTH, number_of
import numpy as np
import pytest
import still_files

from efficientsam3_ros.api import video
from efficientsam3_ros.core import PointFrame
from efficientsam3_ros.media.frame_source import SourceError


def test_the_color_pictures_come_in_natural_order(tmp_path):
    root = still_files.rgbd(tmp_path)
    (root / 'note.png').write_bytes(b'')
    source = video(root)
    assert source.count == 2
    for _ in range(2):
        frames = list(source)
        assert [number_of(f.rgb) for f in frames] == [2, 10]
        assert not any(isinstance(f, PointFrame) for f in frames)
    assert [f.stamp_ns for f in frames] == [0, round(1e9 / 15)]
    assert source.notes == [f'{root}: 1 pictures belong to no RGB-D scene and are passed over.']


def test_points_are_metres_in_the_camera(tmp_path):
    frame, _ = video(still_files.rgbd(tmp_path), points=True)
    assert frame.points.shape == (HEIGHT, WIDTH, 3)
    x, y, z = frame.points[3, 5]
    assert (x, y, z) == pytest.approx((1.234 * (5 - 19.5) / 50, 1.234 * (3 - 11.5) / 52, 1.234))
    assert np.isnan(frame.points[:, WIDTH // 2 :]).all()
    assert np.isfinite(frame.points[:, : WIDTH // 2]).all()


def test_one_scene_by_its_color_picture(tmp_path):
    path = still_files.rgbd(tmp_path) / 'learn10_rgb.jpg'
    (plain,), (frame,) = video(path), video(path, points=True)
    assert number_of(plain.rgb) == number_of(frame.rgb) == 10
    assert isinstance(frame, PointFrame)


def test_a_scene_without_depth_is_skipped_and_said(tmp_path):
    root = still_files.rgbd(tmp_path)
    (root / 'learn2_depth.png').unlink()
    assert len(list(video(root))) == 2
    source = video(root, points=True)
    assert [number_of(f.rgb) for f in source] == [10]
    assert source.notes == [
        f'{root}/learn2_depth.png is missing, so learn2 has no points. It is skipped.'
    ]


def test_without_a_camera_there_are_no_points(tmp_path):
    root = still_files.rgbd(tmp_path, camera=False)
    with pytest.raises(SourceError, match=f'640x480, this one is {WIDTH}x{HEIGHT}'):
        list(video(root, points=True))


def test_what_has_no_points_is_refused(tmp_path):
    path = tmp_path / 'a.png'
    assert cv2.imwrite(str(path), np.zeros((4, 4, 3), np.uint8))
    for source in (path, tmp_path, 0):
        with pytest.raises(SourceError, match='has no depth that is read here'):
            video(source, points=True)
