"""What is written atomically is whole, and what was there before survives a failure."""

import errno
import json
import os
import stat
import threading

import numpy as np
import pytest

from efficientsam3_ros.core.writing.atomic import filling, replacing, write_json, write_text


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / 'a.txt'
    path.write_text('old')
    with replacing(path) as part:
        part.write_text('new')
        assert path.read_text() == 'old'
    assert path.read_text() == 'new'
    assert names(tmp_path) == ['a.txt']


def test_a_failure_keeps_the_old_file_and_leaves_nothing_behind(tmp_path):
    path = tmp_path / 'a.txt'
    path.write_text('old')
    with pytest.raises(KeyboardInterrupt), replacing(path) as part:
        part.write_text('half of the n')
        raise KeyboardInterrupt
    assert path.read_text() == 'old'
    assert names(tmp_path) == ['a.txt']


@pytest.mark.parametrize('named', ['nothing', 'part', 'copy'])
def test_an_error_of_the_disk_names_the_file_that_the_user_knows(tmp_path, named):
    path = tmp_path / 'a.txt'
    with pytest.raises(OSError, match='No space') as told, replacing(path) as part:
        names = {'nothing': (), 'part': (str(part),), 'copy': ('elsewhere', None, str(part))}
        raise OSError(errno.ENOSPC, 'No space', *names[named])
    assert (told.value.filename, told.value.filename2) == (str(path), None)
    with pytest.raises(FileNotFoundError, match='other'), replacing(path):
        (tmp_path / 'other').read_bytes()


def test_a_failure_makes_no_file_where_none_was(tmp_path):
    with pytest.raises(TypeError):
        write_json(tmp_path / 'a.json', {'of': object()})
    with pytest.raises(FileNotFoundError), replacing(tmp_path / 'b'):
        pass  # nothing is written
    assert names(tmp_path) == []


def test_libraries_that_look_at_the_suffix_see_it(tmp_path):
    with replacing(tmp_path / 'arrays.npz') as part:
        np.savez(part, a=np.arange(3))
    assert names(tmp_path) == ['arrays.npz']
    assert np.load(tmp_path / 'arrays.npz')['a'].tolist() == [0, 1, 2]


def test_a_folder_takes_the_place_of_another_as_a_whole(tmp_path):
    bundle = tmp_path / 'bundle'
    bundle.mkdir()
    (bundle / 'old.onnx').touch()
    with replacing(bundle) as part:
        part.mkdir()
        (part / 'new.onnx').touch()
        assert names(bundle) == ['old.onnx']
    assert names(bundle) == ['new.onnx']
    assert names(tmp_path) == ['bundle']


def test_a_folder_survives_a_failure(tmp_path):
    bundle = tmp_path / 'bundle'
    bundle.mkdir()
    (bundle / 'old.onnx').touch()
    with pytest.raises(ValueError, match='export'), replacing(bundle) as part:
        part.mkdir()
        raise ValueError('export')
    assert names(bundle) == ['old.onnx']


def test_a_file_never_replaces_a_folder(tmp_path):
    (tmp_path / 'out').mkdir()
    with pytest.raises(OSError, match='directory'):
        write_text(tmp_path / 'out', 'text')
    assert names(tmp_path) == ['out']


def test_links_are_followed_and_stay_links(tmp_path):
    (tmp_path / 'real.txt').write_text('old')
    link = tmp_path / 'link.txt'
    link.symlink_to('real.txt')
    write_text(link, 'new')
    assert link.is_symlink()
    assert (tmp_path / 'real.txt').read_text() == 'new'


def test_a_pipe_is_written_directly(tmp_path):
    pipe = tmp_path / 'pipe'
    os.mkfifo(pipe)
    found = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_text()))
    reader.start()
    write_text(pipe, 'through')
    reader.join(60)
    assert found == ['through']
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_missing_folders_are_made_and_others_may_read(tmp_path):
    before = os.umask(0o022)
    try:
        write_json(tmp_path / 'a' / 'b.json', {'name': 'rot', 'of': [1, 2]})
    finally:
        os.umask(before)
    assert json.loads((tmp_path / 'a' / 'b.json').read_text()) == {'name': 'rot', 'of': [1, 2]}
    assert stat.S_IMODE((tmp_path / 'a' / 'b.json').stat().st_mode) == 0o644


def test_files_that_belong_together_come_together_or_not_at_all(tmp_path):
    folder = tmp_path / 'bundle'
    with filling(folder) as part:
        write_text(part / 'graph', 'old')
        write_text(part / 'manifest', 'of the old graph')
        assert not (folder / 'graph').exists()
    with pytest.raises(ValueError, match='export'), filling(folder) as part:
        write_text(part / 'graph', 'new')
        raise ValueError('export')
    assert names(folder) == ['graph', 'manifest']
    assert (folder / 'graph').read_text() == 'old'
    with filling(folder) as part:
        write_text(part / 'graph', 'new')
    assert (folder / 'graph').read_text() == 'new'
    assert (folder / 'manifest').read_text() == 'of the old graph'
