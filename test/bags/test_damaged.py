"""A damaged or foreign bag says what is wrong, and what can be read is not lost."""

import numpy as np
import pytest

from efficientsam3_ros.bags import BagError, BagReader, BagWriter

FRAMES = 12


@pytest.fixture
def bag_path(tmp_path):
    path = tmp_path / 'bag'
    rng = np.random.default_rng(0)
    with BagWriter(path) as bag:
        for i in range(FRAMES):
            image = rng.integers(0, 8, (300, 400, 3), np.uint8)
            bag.image('/camera/image_raw', image, 'rgb8', i, 'camera')
            bag.image('/camera/depth', image[..., 0].astype(np.uint16), '16UC1', i, 'camera')
    return path


def test_without_metadata_the_data_file_is_read_directly(bag_path):
    (bag_path / 'metadata.yaml').unlink()
    with BagReader(bag_path) as bag:
        assert len(list(bag.frames())) == FRAMES
        assert 'no metadata.yaml' in bag.notes[0]


def test_cut_off_file_gives_its_complete_part(bag_path):
    data = bag_path / 'bag.mcap'
    content = data.read_bytes()
    data.write_bytes(content[: len(content) * 2 // 3])
    (bag_path / 'metadata.yaml').unlink()
    with BagReader(bag_path) as bag:
        frames = list(bag.frames())
        assert FRAMES // 3 <= len(frames) < FRAMES
        assert [f.stamp_ns for f in frames] == list(range(len(frames)))
        assert any('cut off' in note for note in bag.notes)
    assert data.stat().st_size == len(content) * 2 // 3


def test_damage_inside_is_stepped_over(bag_path):
    data = bag_path / 'bag.mcap'
    content = bytearray(data.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4000] = b'\xff' * 4000
    data.write_bytes(content)
    with BagReader(bag_path) as bag:
        frames = list(bag.frames('/camera/image_raw'))
        stamps = [f.stamp_ns for f in frames]
        assert FRAMES // 2 <= len(frames) < FRAMES
        assert (stamps[0], stamps[-1]) == (0, FRAMES - 1)
        assert stamps == sorted(set(stamps))
        assert any('was stepped over' in note for note in bag.notes)


@pytest.mark.parametrize(
    ('content', 'message'),
    [(b'', 'cut off|no MCAP'), (b'not a bag at all, but longer', 'no MCAP file')],
)
def test_file_without_a_record_is_refused(tmp_path, content, message):
    path = tmp_path / 'a.mcap'
    path.write_bytes(content)
    with pytest.raises(BagError, match=message):
        BagReader(path)


def test_missing_empty_and_foreign_paths_are_named(tmp_path):
    with pytest.raises(BagError, match='does not exist'):
        BagReader(tmp_path / 'nowhere')
    (tmp_path / 'folder').mkdir()
    with pytest.raises(BagError, match='is no bag'):
        BagReader(tmp_path / 'folder')
    (tmp_path / 'clip.txt').write_text('x')
    with pytest.raises(BagError, match='neither'):
        BagReader(tmp_path / 'clip.txt')
    with BagWriter(tmp_path / 'empty.mcap'):
        pass
    with pytest.raises(BagError, match='holds no message'):
        BagReader(tmp_path / 'empty.mcap')


def test_truncated_sqlite_is_refused_in_one_sentence(tmp_path):
    path = tmp_path / 'a.db3'
    with BagWriter(path) as bag:
        for i in range(20):
            bag.image('/image', np.zeros((50, 50, 3), np.uint8), 'rgb8', i, 'camera')
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(BagError, match='malformed'):
        BagReader(path)


def test_missing_topic_lists_those_that_fit(bag_path):
    with BagReader(bag_path) as bag:
        with pytest.raises(BagError, match=r'/image is not in the bag.*?/camera/image_raw'):
            list(bag.frames('/image'))
        with pytest.raises(BagError, match='carries sensor_msgs'):
            list(bag.results('/camera/image_raw'))


def test_depth_is_not_taken_for_the_camera_and_two_cameras_are_not_guessed(bag_path, tmp_path):
    with BagReader(bag_path) as bag:
        assert bag.image_topic() == '/camera/image_raw'
    image = np.zeros((4, 4, 3), np.uint8)
    with BagWriter(tmp_path / 'two.mcap') as bag:
        bag.image('/left/image', image, 'rgb8', 1, 'left')
        bag.image('/right/image', image, 'rgb8', 1, 'right')
        bag.image('/left/overlay', image, 'rgb8', 1, 'left')
    with BagReader(tmp_path / 'two.mcap') as bag, pytest.raises(BagError, match='--topic'):
        bag.image_topic()
