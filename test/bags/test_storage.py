"""Whatever state a recorder leaves a bag in, what can be read of it is read."""

import shutil
import sqlite3
import subprocess

import numpy as np
import pytest
from recordings import IMAGE, STAMP, STEP, TRUTH, number_of, stamp, write_image, write_recording
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer

from efficientsam3_ros.bags import BagError, BagReader, BagWriter
from efficientsam3_ros.bags.messages import Messages
from efficientsam3_ros.bags.typestore import message_store
from efficientsam3_ros.bags.unpacking import zstd


def numbers(path) -> tuple[list[int], str]:
    with BagReader(path) as bag:
        return [number_of(f.rgb) for f in bag.frames(IMAGE)], ' '.join(bag.notes)


def packed(path, mode: CompressionMode, plugin: StoragePlugin):
    """Write a bag in which rosbag2 itself compresses files or messages."""
    store = message_store()
    messages = Messages(store)
    writer = Writer(path, version=9, storage_plugin=plugin)
    writer.set_compression(mode, CompressionFormat.ZSTD)
    with writer:
        kind = 'sensor_msgs/msg/Image'
        topic = writer.add_connection(IMAGE, kind, typestore=store)
        for index in range(6):
            image = np.full((24, 40, 3), 5 * index, np.uint8)
            message = messages.image(image, 'rgb8', messages.header(stamp(index), 'camera'))
            writer.write(topic, stamp(index), store.serialize_cdr(message, kind))
    return path


@pytest.mark.parametrize('metadata', [True, False])
@pytest.mark.parametrize('mode', [CompressionMode.FILE, CompressionMode.MESSAGE])
@pytest.mark.parametrize('plugin', list(StoragePlugin))
def test_compressed_bags_are_read_with_and_without_metadata(tmp_path, plugin, mode, metadata):
    path = packed(tmp_path / 'run', mode, plugin)
    if not metadata:
        (path / 'metadata.yaml').unlink()
    found, notes = numbers(path)
    assert found == list(range(6))
    assert ('no metadata.yaml' in notes) is not metadata


def test_one_compressed_file_is_read_alone_and_as_far_as_it_goes(tmp_path):
    content = write_recording(tmp_path / 'run.db3', range(12)).read_bytes()
    file = tmp_path / 'other.db3.zstd'
    file.write_bytes(zstd.compress(content))
    assert numbers(file) == (list(range(12)), '')
    file.write_bytes(b'\x28\xb5\x2f\xfd no')
    with pytest.raises(BagError, match=r'other\.db3\.zstd cannot be decompressed'):
        BagReader(file)


def test_split_bag_is_read_in_the_order_of_its_parts(tmp_path):
    folder = tmp_path / 'run'
    folder.mkdir()
    for part in range(12):
        write_recording(tmp_path / 'x.mcap', [part], with_truth=False)
        (tmp_path / 'x.mcap').rename(folder / f'run_{part}.mcap')
    found, _ = numbers(folder)
    assert found == list(range(12))


def split(folder, parts=((0, 1, 2), (3, 4, 5))):
    folder.mkdir()
    for number, part in enumerate(parts):
        with BagWriter(folder / f'run_{number}.db3') as bag:
            for index in part:
                write_image(bag, index, stamp(index), stamp(index))
    return folder


def test_damaged_part_costs_no_more_than_itself(tmp_path):
    folder = split(tmp_path / 'run')
    (folder / 'run_0.db3').write_bytes(b'SQLite format 3\x00 but nothing else')
    found, notes = numbers(folder)
    assert found == [3, 4, 5]
    assert 'run_0.db3 cannot be read' in notes


@pytest.mark.parametrize(
    ('text', 'note'),
    [
        (
            'rosbag2_bagfile_information:\n  relative_file_paths: [run_0.db3, run_2.db3]',
            'lists run_2.db3, which is missing',
        ),
        ('rosbag2_bagfile_information: [', 'metadata.yaml cannot be read'),
        ('', 'metadata.yaml cannot be read'),
    ],
)
def test_metadata_that_lies_is_noted_and_not_needed(tmp_path, text, note):
    folder = split(tmp_path / 'run')
    (folder / 'metadata.yaml').write_text(text)
    found, notes = numbers(folder)
    assert found == list(range(6))
    assert note in notes


def test_zero_messages_are_a_clear_error(tmp_path):
    for name in ('a.mcap', 'a.db3', 'folder'):
        with BagWriter(tmp_path / name):
            pass
        with pytest.raises(BagError, match=f'{name} holds no message'):
            BagReader(tmp_path / name)


def cut_off(content: bytearray) -> bytearray:
    return content[: len(content) * 3 // 4]


def overwritten(content: bytearray) -> bytearray:
    """Damage a leaf of the table's tree in the middle of the file."""
    pages = range(len(content) // 4096 // 2, len(content) // 4096)
    page = next(p for p in pages if content[p * 4096] == 0x0D)
    content[page * 4096 : page * 4096 + 64] = b'\xff' * 64
    return content


def damaged_sqlite(path, damage):
    write_recording(path, range(40), with_truth=False)
    path.write_bytes(damage(bytearray(path.read_bytes())))
    with pytest.raises(BagError, match=f'{path.name} cannot be read: .*malformed') as refused:
        BagReader(path)
    return str(refused.value)


@pytest.mark.parametrize('damage', [cut_off, overwritten])
def test_damaged_sqlite_is_refused_with_the_command_that_recovers_it(tmp_path, damage):
    message = damaged_sqlite(tmp_path / 'run.db3', damage)
    assert f'(sqlite3 {tmp_path}/run.db3 .dump | ' in message
    assert message.endswith('| sqlite3 repaired.db3).')


@pytest.mark.skipif(not shutil.which('sqlite3'), reason='needs the sqlite3 command')
@pytest.mark.parametrize(('damage', 'least'), [(cut_off, 24), (overwritten, 39)])
def test_what_that_command_recovers_is_read(tmp_path, damage, least):
    message = damaged_sqlite(tmp_path / 'run.db3', damage)
    command = message[message.index('(sqlite3') + 1 : message.rindex(')')]
    subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True)
    found, _ = numbers(tmp_path / 'repaired.db3')
    assert found == sorted(found)
    assert least <= len(found) < 40


def test_damaged_compressed_sqlite_is_named_as_the_user_knows_it(tmp_path):
    write_recording(tmp_path / 'run.db3', range(40), with_truth=False)
    content = (tmp_path / 'run.db3').read_bytes()
    (tmp_path / 'my run.db3.zstd').write_bytes(zstd.compress(content[: len(content) // 2]))
    with pytest.raises(BagError) as refused:
        BagReader(tmp_path / 'my run.db3.zstd')
    message = str(refused.value)
    assert message.startswith(f'{tmp_path}/my run.db3.zstd cannot be read')
    assert f"(zstd -d '{tmp_path}/my run.db3.zstd'; sqlite3 '{tmp_path}/my run.db3' " in message


def test_journal_of_a_killed_recorder_is_taken_in(tmp_path):
    source = write_recording(tmp_path / 'source.db3', range(6), with_truth=False)
    recorder = sqlite3.connect(source)
    recorder.execute('PRAGMA journal_mode=WAL')
    recorder.execute('PRAGMA wal_autocheckpoint=0')
    rows = recorder.execute('SELECT * FROM messages').fetchall()
    recorder.execute('DELETE FROM messages WHERE id > 2')
    recorder.commit()
    recorder.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    recorder.executemany('INSERT INTO messages VALUES (?, ?, ?, ?)', rows[2:])
    recorder.commit()
    for end in ('', '-wal'):
        shutil.copy(f'{source}{end}', f'{tmp_path / "run.db3"}{end}')
    recorder.close()
    before = (tmp_path / 'run.db3').read_bytes()
    found, notes = numbers(tmp_path / 'run.db3')
    assert found == list(range(6))
    assert '-wal file was taken in' in notes
    assert (tmp_path / 'run.db3').read_bytes() == before


def test_cut_off_mcap_whose_messages_are_not_in_order_is_read(tmp_path):
    path = tmp_path / 'run.mcap'
    rng = np.random.default_rng(0)
    with BagWriter(path) as bag:
        for place, index in enumerate([0, 1, 3, 2, 4, 5, 6, 7, 8, 9]):
            image = rng.integers(0, 255, (400, 600, 3), np.uint8)
            image[0, 0] = 5 * index
            header = bag._messages.header(stamp(index), 'camera')
            message = bag._messages.image(image, 'rgb8', header)
            bag._write(IMAGE, 'sensor_msgs/msg/Image', STAMP - STEP * (place % 2), message)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 4 // 5])
    found, notes = numbers(path)
    assert len(found) >= 6
    assert 'cut off' in notes


def test_types_that_nobody_knows_do_no_harm_on_other_topics(tmp_path):
    with BagWriter(tmp_path / 'run.mcap') as bag:
        for name, text in (('Bad', 'this is { no definition'), ('Empty', '')):
            topic = bag._writer.add_connection(
                f'/{name}', f'foreign_msgs/msg/{name}', msgdef=text, rihs01='RIHS01_0'
            )
            bag._writer.write(topic, STAMP, b'\x00\x01\x00\x00whatever')
        write_image(bag, 3, STAMP, STAMP)
    assert numbers(tmp_path / 'run.mcap') == ([3], '')
    with BagReader(tmp_path / 'run.mcap') as bag:
        assert bag.topics['/Bad'] == 'foreign_msgs/msg/Bad'
        assert list(bag.messages('/Bad')) == []
        assert '/Bad holds messages that cannot be decoded' in bag.notes[0]


def test_schema_of_another_world_does_no_harm(tmp_path):
    path = tmp_path / 'run.mcap'
    with BagWriter(path) as bag:
        write_image(bag, 3, STAMP, STAMP)
        topic = bag._writer.add_connection('/proto', 'a.b/msg/C', msgdef='x', rihs01='RIHS01_0')
        bag._writer.write(topic, STAMP, b'\x00\x01\x00\x00')
    content = path.read_bytes()
    # The summary repeats the schemas, so that no chunk need be changed.
    cut = content.rindex(b'a.b/msg/C') + len(b'a.b/msg/C') + 4
    assert content[cut : cut + 7] == b'ros2msg'
    path.write_bytes(content[:cut] + b'jsonsch' + content[cut + 7 :])
    assert numbers(path)[0] == [3]


def test_type_that_the_recorder_could_not_describe_does_no_harm(tmp_path):
    path = write_recording(tmp_path / 'run.db3')
    with sqlite3.connect(path) as bag:
        bag.execute(
            'UPDATE message_definitions SET encoding = "unknown", encoded_message_definition = "" '
            'WHERE topic_type LIKE "%String"'
        )
    found, _ = numbers(path)
    assert found == list(range(6))
    with BagReader(path) as bag:
        assert bag.concepts(TRUTH) == ('red mug', 'blue bowl')


def test_messages_that_cannot_be_decoded_are_counted_out(tmp_path):
    with BagWriter(tmp_path / 'run.mcap') as bag:
        write_image(bag, 0, stamp(0), stamp(0))
        connection = bag._connections[IMAGE]
        bag._writer.write(connection, stamp(1), b'\x00\x01\x00\x00' + bytes(20))
        bag._writer.write(connection, stamp(2), b'\x00')
        write_image(bag, 3, stamp(3), stamp(3))
    found, notes = numbers(tmp_path / 'run.mcap')
    assert found == [0, 3]
    assert 'skipped' in notes or 'cannot be decoded' in notes


def test_definition_with_another_field_name_gives_way_to_the_known_one(tmp_path):
    path = write_recording(tmp_path / 'run.db3', range(3))
    content = path.read_bytes()
    assert b'string concept' in content
    path.write_bytes(content.replace(b'string concept', b'string conceit'))
    with BagReader(path) as bag:
        assert [r.instances[0].concept for r in bag.results(TRUTH)] == ['red mug'] * 3


def test_type_table_that_is_no_text_is_named(tmp_path):
    path = write_recording(tmp_path / 'run.db3', range(3))
    path.write_bytes(path.read_bytes().replace(b'message_definitions', b'message_d\xd5finitions'))
    try:
        assert numbers(path)[0] == [0, 1, 2]
    except BagError as error:
        assert str(path) in str(error)
