"""Sound files of other programs: other profiles, sparse summaries, bare schemas, ROS 1."""

import re
import struct

import pytest
from recordings import IMAGE, number_of, stamp, write_recording
from ros1_recordings import write_ros1

from efficientsam3_ros.bags import BagError, BagReader
from efficientsam3_ros.bags.typestore import message_store
from efficientsam3_ros.bags.unpacking import zstd

_MAGIC = b'\x89MCAP0\r\n'
_CHANNEL, _CHUNK_INDEX, _STATISTICS, _SCHEMA = 0x04, 0x08, 0x0B, 0x03


def read(path):
    with BagReader(path) as bag:
        return [(number_of(f.rgb), f.stamp_ns) for f in bag.frames()], ' '.join(bag.notes)


EXPECTED = [(i, stamp(i)) for i in range(3)]


def records(data):
    """Yield opcode and content of the records behind the magic."""
    at = len(_MAGIC)
    while at < len(data) - len(_MAGIC):
        kind, length = struct.unpack_from('<BQ', data, at)
        yield kind, data[at + 9 : at + 9 + length]
        at += 9 + length


def rewritten(path, profile=b'ros2', dropped=(), change=lambda kind, content: content):
    """Write the records anew: chunks unpacked, the summary without what is dropped."""
    out, summary, in_summary = bytearray(_MAGIC), 0, False

    def add(kind, content):
        out.extend(struct.pack('<BQ', kind, len(content)) + content)

    for kind, content in records(path.read_bytes()):
        if kind == 0x01:
            add(kind, struct.pack('<I', len(profile)) + profile + struct.pack('<I', 0))
        elif kind == 0x06:
            size = struct.unpack_from('<I', content, 28)[0]
            plain = zstd.decompress(content[40 + size :])
            for inner, inside in records(_MAGIC + plain + _MAGIC):
                add(inner, change(inner, inside))
        elif kind == 0x0F:
            add(kind, content)
            summary, in_summary = len(out), True
        elif kind == 0x02:
            add(kind, struct.pack('<QQI', summary, 0, 0))
        elif in_summary and kind not in (*dropped, _CHUNK_INDEX, 0x0D, 0x0E):
            add(kind, change(kind, content))
    path.write_bytes(bytes(out) + _MAGIC)
    return path


@pytest.fixture
def recording(tmp_path):
    return write_recording(tmp_path / 'run.mcap', range(3), with_truth=False)


@pytest.mark.parametrize('profile', [b'', b'x-robot', b'ros1'])
def test_profile_does_not_matter(recording, profile):
    assert read(rewritten(recording, profile)) == (EXPECTED, '')


@pytest.mark.parametrize(
    'dropped', [(_CHANNEL,), (_SCHEMA,), (_STATISTICS,), (_CHANNEL, _SCHEMA, _STATISTICS)]
)
def test_what_the_summary_lacks_is_found_in_the_data(recording, dropped):
    assert read(rewritten(recording, dropped=dropped)) == (EXPECTED, '')


def test_message_that_a_channel_encodes_in_another_way_is_named(recording):
    def as_json(kind, content):
        return content.replace(b'\x03\x00\x00\x00cdr', b'\x04\x00\x00\x00json')

    path = rewritten(recording, change=as_json)
    with BagReader(path) as bag:
        assert bag.first(IMAGE) is None
        assert 'encoded as "json"' in bag.notes[0]


@pytest.mark.parametrize('kept', ['', 'std_msgs/Header header\nuint32 height\nuint32 width\n'
    'string encoding\nuint8 is_bigendian\nuint32 step\nuint8[] data\n'])  # fmt: skip
def test_schema_without_its_nested_types_is_completed(recording, kept):
    def bare(kind, content):
        if kind != _SCHEMA:
            return content
        begin = content.index(b'ros2msg') + 7
        return content[:begin] + struct.pack('<I', len(kept)) + kept.encode()

    assert read(rewritten(recording, change=bare)) == (EXPECTED, '')


def test_messages_of_ros_1_in_an_mcap_file_are_read(recording):
    def as_ros1(kind, content):
        if kind == _CHANNEL:
            return content.replace(b'\x03\x00\x00\x00cdr', b'\x04\x00\x00\x00ros1')
        if kind == _SCHEMA:
            old = struct.pack('<I', 21) + b'sensor_msgs/msg/Image' + struct.pack('<I', 7) + b'ros2'
            new = struct.pack('<I', 17) + b'sensor_msgs/Image' + struct.pack('<I', 7) + b'ros1'
            return content.replace(old, new)
        if kind == 0x05:
            data = message_store().cdr_to_ros1(content[22:], 'sensor_msgs/msg/Image')
            return content[:22] + bytes(data)
        return content

    assert read(rewritten(recording, b'ros1', change=as_ros1)) == (EXPECTED, '')


def test_bag_of_ros_1_is_read(tmp_path):
    assert read(write_ros1(tmp_path / 'run.bag')) == (EXPECTED, '')
    assert read(tmp_path) == (EXPECTED, '')


def test_damaged_bag_of_ros_1_names_the_remedies(tmp_path):
    path = write_ros1(tmp_path / 'run.bag')
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(BagError, match=re.escape(f'rosbags-convert --src {path}')):
        BagReader(path)
