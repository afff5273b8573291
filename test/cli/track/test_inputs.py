"""``efficientsam3 track`` reads bags, pictures and videos, and refuses what is neither."""

import pytest
from track_command import lines, track

from efficientsam3_ros.bags.unpacking import zstd

pytestmark = pytest.mark.usefixtures('engine')


def test_a_bag_and_its_compressed_file_give_the_same(bag, tmp_path):
    packed = tmp_path / 'clip.mcap.zstd'
    packed.write_bytes(zstd.compress(bag.read_bytes()))
    for path, name in ((bag, 'one'), (packed, 'two')):
        assert track(path, tmp_path / name, '--no-video') == 0
    first, second = ((tmp_path / n / 'instances.jsonl').read_bytes() for n in ('one', 'two'))
    assert first == second


def test_our_own_results_are_no_input(bag, tmp_path, capsys):
    assert track(bag, tmp_path / 'one', '--no-video') == 0
    assert track(tmp_path / 'one', tmp_path / 'two') == 2
    assert 'results of an earlier run' in capsys.readouterr().err


def test_folder_of_pictures_skips_the_damaged_one_and_says_so(pictures, tmp_path, capsys):
    (pictures / '004.png').write_bytes(b'no picture')
    assert track(pictures, tmp_path / 'out', '--fps', '10') == 0
    rows = lines(tmp_path / 'out')
    assert [row['stamp_ns'] // 100_000_000 for row in rows] == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert '004.png cannot be decoded' in capsys.readouterr().err


def test_one_picture_and_a_video(pictures, tmp_path):
    assert track(pictures / '002.png', tmp_path / 'one') == 0
    assert len(lines(tmp_path / 'one')) == 1
    assert track(pictures, tmp_path / 'film') == 0
    assert track(tmp_path / 'film' / 'overlay.mp4', tmp_path / 'again', '--max-frames', '4') == 0
    assert len(lines(tmp_path / 'again')) == 4


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        ('missing.mp4', None, 'does not exist'),
        ('broken.mp4', b'no video', 'cannot be read as a video'),
        ('broken.png', b'no picture', 'no readable picture'),
        ('broken.mcap', b'no bag at all, this', 'no MCAP file'),
    ],
)
def test_unreadable_input_is_refused_and_leaves_no_output(
    tmp_path, capsys, name, content, message
):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert track(tmp_path / name, tmp_path / 'out') == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / 'out').exists()
