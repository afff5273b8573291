"""Videos, pictures and bags as frames; ``test/cli/track/test_inputs.py`` reads each kind, too."""

import cv2
import numpy as np
import pytest

import efficientsam3_ros as es3
from efficientsam3_ros.bags import BagError, BagWriter
from efficientsam3_ros.media.frame_source import SourceError

FRAMES = 4


def picture(index):
    return np.full((24, 32, 3), (200, 40 * index, 10), np.uint8)


@pytest.fixture
def film(tmp_path):
    path = tmp_path / 'film.mp4'
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*'mp4v'), 10.0, (32, 24))
    for index in range(FRAMES):
        writer.write(picture(index)[..., ::-1])
    writer.release()
    return path


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / 'pictures'
    path.mkdir()
    for index in range(FRAMES):
        cv2.imwrite(str(path / f'{index}.png'), picture(index)[..., ::-1])
    return path


def write_bag(path, *topics):
    with BagWriter(path) as writer:
        for index in range(FRAMES):
            for topic in topics:
                writer.image(topic, picture(index), 'rgb8', index * 50_000_000, 'camera')
    return path


def test_a_video_tells_rate_and_length_at_once_and_comes_again(film):
    with es3.video(film) as frames:
        assert (frames.fps, frames.count) == (10.0, FRAMES)
        assert [frame.stamp_ns for frame in frames] == [0, 10**8, 2 * 10**8, 3 * 10**8]
        colors = np.array([frame.rgb.mean((0, 1)) for frame in frames])
    assert np.abs(colors - [picture(i)[0, 0] for i in range(FRAMES)]).max() < 12, 'RGB'
    assert frames.notes == []


def test_a_folder_comes_in_the_order_of_names(folder):
    frames = es3.video(str(folder), fps=5)
    assert (frames.fps, frames.count) == (5, FRAMES)
    found = list(frames)
    assert [frame.rgb[0, 0, 1] for frame in found] == [0, 40, 80, 120]
    assert [frame.stamp_ns for frame in found] == [0, 2 * 10**8, 4 * 10**8, 6 * 10**8]


def test_one_picture(folder):
    frames = es3.video(folder / '2.png')
    assert frames.count == 1
    assert [frame.rgb[0, 0, 1] for frame in frames] == [80]


def test_what_cannot_be_read_is_noted_once_however_often_it_is_tried(folder):
    (folder / '1.png').write_bytes(b'damaged')
    frames = es3.video(folder)
    for _ in range(2):
        assert len(list(frames)) == FRAMES - 1
        assert len(frames.notes) == 1


def test_a_bag_keeps_stamps_and_frame_ids(tmp_path):
    frames = es3.video(write_bag(tmp_path / 'recording', '/image'))
    assert [(f.stamp_ns, f.frame_id) for f in frames] == [
        (index * 50_000_000, 'camera') for index in range(FRAMES)
    ]
    assert frames.count == FRAMES


def test_one_topic_of_several_is_named(tmp_path):
    path = write_bag(tmp_path / 'recording.mcap', '/left', '/right')
    with pytest.raises(BagError, match='/left, /right'):
        next(iter(es3.video(path)))
    assert len(list(es3.video(path, topic='/right'))) == FRAMES


def test_a_folder_is_one_bag_or_its_bags_are_named(tmp_path):
    folder = tmp_path / 'day'
    folder.mkdir()
    write_bag(folder / 'one', '/image')
    assert len(list(es3.video(folder))) == FRAMES
    write_bag(folder / 'two.mcap', '/image')
    with pytest.raises(SourceError, match=r'holds 2 bags \(one, two\.mcap\); give one'):
        es3.video(folder)


def test_errors_come_before_the_loop(tmp_path):
    with pytest.raises(SourceError, match='does not exist'):
        es3.video(tmp_path / 'missing.mp4')
    (tmp_path / 'broken.mp4').write_bytes(b'no video')
    with pytest.raises(SourceError, match='cannot be read as a video'):
        es3.video(tmp_path / 'broken.mp4')
