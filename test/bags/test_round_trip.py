"""What is written into a bag comes back from it, in both storages, folder and file."""

import numpy as np
import pytest
from rosbags.highlevel import AnyReader

from efficientsam3_ros.bags import BagError, BagReader, BagWriter
from efficientsam3_ros.core import FrameResult, Instance, Intrinsics, Rle, TrackState

STAMP = 1_700_000_000_123_456_789


def picture(index: int) -> np.ndarray:
    return np.random.default_rng(index).integers(0, 256, (24, 40, 3), np.uint8)


def result(index: int) -> FrameResult:
    mask = np.zeros((24, 40), bool)
    mask[3:9, 2 + index : 12 + index] = True
    item = Instance(5, 3, 'red mug', 0.75, Rle.encode(mask), TrackState.TRACKED, index, 0.5)
    hidden = Instance(9, 4, 'bowl', 0.25, Rle.empty(24, 40), TrackState.LOST)
    return FrameResult(STAMP + index, 'camera', 24, 40, 2, (item, hidden) if index else ())


def write(path, storage=None, count=3):
    with BagWriter(path, storage) as bag:
        for i in range(count):
            bag.image('/camera/image_raw', picture(i), 'rgb8', STAMP + i, 'camera')
            depth = np.full((24, 40), 700 + i, np.uint16)
            bag.image('/camera/depth/image_raw', depth, '16UC1', STAMP + i, 'camera')
            camera = Intrinsics(40, 24, 50.0, 50.0, 19.5, 11.5)
            bag.camera_info('/camera/camera_info', camera, STAMP + i, 'camera')
            bag.instances('/camera/ground_truth', result(i))


@pytest.mark.parametrize(
    ('name', 'storage'), [('bag', None), ('bag', 'sqlite3'), ('a.mcap', None), ('a.db3', None)]
)
def test_frames_and_results_come_back(tmp_path, name, storage):
    write(tmp_path / name, storage)
    with BagReader(tmp_path / name) as bag:
        frames, results = list(bag.frames()), list(bag.results('/camera/ground_truth'))
        assert bag.notes == ()
    assert [f.stamp_ns for f in frames] == [STAMP, STAMP + 1, STAMP + 2]
    assert {f.frame_id for f in frames} == {'camera'}
    assert all(np.array_equal(f.rgb, picture(i)) for i, f in enumerate(frames))
    assert results[0] == result(0)
    item = results[2].instances[0]
    assert (item.concept, item.score, item.state) == ('red mug', 0.75, TrackState.TRACKED)
    assert np.array_equal(item.mask.decode(), result(2).instances[0].mask.decode())
    assert results[2].instances[1].mask.area == 0
    assert [p.name for p in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize('storage', ['mcap', 'sqlite3'])
def test_bag_explains_itself_to_a_reader_that_knows_no_types(tmp_path, storage):
    write(tmp_path / 'bag', storage)
    with AnyReader([tmp_path / 'bag']) as reader:
        topics = {c.topic: c for c in reader.connections}
        qos = topics['/camera/ground_truth'].ext.offered_qos_profiles[0]
        assert qos.reliability.name == 'RELIABLE'
        connection, _, data = next(reader.messages([topics['/camera/camera_info']]))
        info = reader.deserialize(data, connection.msgtype)
        assert info.k[0] == 50.0
        assert info.p[2] == 19.5
        connection, _, data = next(reader.messages([topics['/camera/depth/image_raw']]))
        depth = reader.deserialize(data, connection.msgtype)
        assert (depth.encoding, depth.step) == ('16UC1', 80)
        assert np.all(depth.data.view('<u2') == 700)


def test_what_was_written_before_an_error_is_kept(tmp_path):
    with pytest.raises(KeyboardInterrupt), BagWriter(tmp_path / 'a.mcap') as bag:
        bag.image('/image', picture(0), 'rgb8', STAMP, 'camera')
        raise KeyboardInterrupt
    with BagReader(tmp_path / 'a.mcap') as bag:
        assert len(list(bag.frames())) == 1


def test_existing_bag_is_never_overwritten(tmp_path):
    write(tmp_path / 'a.mcap', count=1)
    with pytest.raises(BagError, match='exists already'):
        BagWriter(tmp_path / 'a.mcap')


def test_image_that_contradicts_its_encoding_is_refused(tmp_path):
    with BagWriter(tmp_path / 'bag') as bag, pytest.raises(ValueError, match='no "16UC1" image'):
        bag.image('/depth', picture(0), '16UC1', STAMP, 'camera')
