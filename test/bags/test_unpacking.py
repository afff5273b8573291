"""What is compressed is unpacked up to a limit, and what is refused leaves no file."""

from __future__ import annotations

import bz2
import shutil
import tempfile

import lz4.frame
import numpy as np
import pytest
from recordings import HEIGHT, IMAGE, number_of, stamp, write_recording
from ros1_recordings import write_ros1
from rosbags.rosbag1 import Writer as Ros1Writer
from rosbags.rosbag1 import reader as rosbag1
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer, storage_mcap

from efficientsam3_ros.bags import BagError, BagReader, unpacking
from efficientsam3_ros.bags.messages import Messages
from efficientsam3_ros.bags.typestore import message_store
from efficientsam3_ros.bags.unpacking import zstd


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Return the folder for temporary files."""
    folder = tmp_path / 'temporary'
    folder.mkdir()
    monkeypatch.setattr(tempfile, 'tempdir', str(folder))
    return folder


def bomb(path, announced):
    """Write a file that unpacks to zeros; its head tells their number or does not."""
    zeros = bytes(1 << 20)
    if announced:
        path.write_bytes(zstd.compress(zeros))
    else:
        with zstd.open(path, 'wb') as file:
            file.write(zeros)
    return path


@pytest.mark.parametrize('announced', [True, False])
def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path, temporary, monkeypatch, announced):
    monkeypatch.setattr(unpacking, 'ALWAYS_BYTES', 100_000)
    path = bomb(tmp_path / 'a.mcap.zstd', announced)
    with pytest.raises(BagError, match=r'a\.mcap\.zstd unpacks to more than 0 MB.*zstd -d'):
        BagReader(path)
    assert not list(temporary.iterdir())


def test_a_file_that_tells_of_too_much_is_not_unpacked_at_all(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacking, 'ALWAYS_BYTES', 100_000)
    monkeypatch.setattr(zstd, 'open', None)
    with pytest.raises(BagError, match='unpacks to more'):
        unpacking.unpack_file(bomb(tmp_path / 'a.mcap.zstd', True), tmp_path / 'a.mcap')


def test_a_file_that_fills_the_disk_is_refused(tmp_path, temporary, monkeypatch):
    monkeypatch.setattr(shutil, 'disk_usage', lambda _: shutil._ntuple_diskusage(9, 0, 500_000))
    with pytest.raises(BagError, match=r'temporary has room for.*TMPDIR'):
        BagReader(bomb(tmp_path / 'a.mcap.zstd', False))
    assert not list(temporary.iterdir())


def test_one_such_part_does_not_cost_the_others(tmp_path, temporary, monkeypatch):
    monkeypatch.setattr(unpacking, 'ALWAYS_BYTES', 100_000)
    folder = tmp_path / 'run'
    folder.mkdir()
    write_recording(folder / 'run_0.mcap', range(3), with_truth=False)
    bomb(folder / 'run_1.mcap.zstd', True)
    with BagReader(folder) as bag:
        assert [number_of(f.rgb) for f in bag.frames(IMAGE)] == [0, 1, 2]
        assert 'run_1.mcap.zstd unpacks to more' in ' '.join(bag.notes)


def test_a_message_that_unpacks_to_too_much_is_left_out(tmp_path, monkeypatch):
    store = message_store()
    messages, kind = Messages(store), 'sensor_msgs/msg/Image'
    writer = Writer(tmp_path / 'run', version=9, storage_plugin=StoragePlugin.MCAP)
    writer.set_compression(CompressionMode.MESSAGE, CompressionFormat.ZSTD)
    with writer:
        topic = writer.add_connection(IMAGE, kind, typestore=store)
        for index, height in enumerate((24, 2400, 24)):
            image = np.full((height, 40, 3), 5 * index, np.uint8)
            message = messages.image(image, 'rgb8', messages.header(stamp(index), 'camera'))
            writer.write(topic, stamp(index), store.serialize_cdr(message, kind))
    monkeypatch.setattr(unpacking, 'MAX_BYTES', 100_000)
    with BagReader(tmp_path / 'run') as bag:
        assert [number_of(f.rgb) for f in bag.frames(IMAGE)] == [0, 2]
        assert 'larger than it may be' in ' '.join(bag.notes)


@pytest.mark.parametrize(
    ('unpack', 'pack'),
    [
        (lambda data: storage_mcap.DECOMPRESSORS['zstd'](data, 1000), zstd.compress),
        (lambda data: storage_mcap.DECOMPRESSORS['lz4'](data, 1000), lz4.frame.compress),
        (lambda data: rosbag1.decompressors['bz2'](data), bz2.compress),
        (lambda data: rosbag1.decompressors['lz4'](data), lz4.frame.compress),
        (unpacking.unpack_message, zstd.compress),
    ],
)
def test_chunks_are_unpacked_up_to_a_limit(monkeypatch, unpack, pack):
    monkeypatch.setattr(unpacking, 'MAX_BYTES', 1000)
    content = np.random.default_rng(1).bytes(1000)
    assert unpack(pack(content)) == content
    assert unpack(pack(content[:300]) + pack(content[300:])) == content
    with pytest.raises(BagError, match='larger than it may be'):
        unpack(pack(content + b'x'))
    with pytest.raises(BagError, match='cut off'):
        unpack(pack(content)[:-20])


@pytest.mark.parametrize('name', ['BZ2', 'LZ4'])
def test_a_chunk_of_ros_1_that_unpacks_to_too_much_is_left_out(tmp_path, monkeypatch, name):
    path = tmp_path / 'run.bag'
    compression = Ros1Writer.CompressionFormat[name]
    write_ros1(path, heights=(HEIGHT, 100 * HEIGHT, HEIGHT), compression=compression)
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(unpacking, 'MAX_BYTES', 100_000)
    with BagReader(path) as bag:
        assert [number_of(f.rgb) for f in bag.frames(IMAGE)] == [0, 2]
        assert 'larger than it may be' in ' '.join(bag.notes)
