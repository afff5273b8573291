"""No output destroys what is read, or what this program did not write."""

import os
import socket

import pytest

from efficientsam3_ros.core.writing.output import OutputError, check_output
from efficientsam3_ros.core.writing.result_marker import ResultKind, mark_folder

TRACK = ResultKind.TRACK


def snapshot(folder):
    """Return names and contents of all files below a folder."""
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob('*') if p.is_file()}


@pytest.fixture
def clip(tmp_path):
    folder = tmp_path / 'clips' / 'clip'
    folder.mkdir(parents=True)
    (folder / '0.png').write_bytes(b'picture')
    return folder


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / 'results'
    folder.mkdir()
    mark_folder(folder, TRACK)
    (folder / 'instances.jsonl').write_text('old\n')
    return folder


def places(tmp_path, clip):
    """Yield names of outputs that touch the input, and what the error says of them."""
    (tmp_path / 'link').symlink_to(clip)
    (tmp_path / 'in').symlink_to(clip.parent)
    yield clip, 'is the same as'
    yield clip.parent, 'holds'
    yield clip / 'out', 'lies in'
    yield clip / 'deep' / 'out', 'lies in'
    yield tmp_path / 'link', 'is the same as'
    yield tmp_path / 'in', 'holds'
    yield tmp_path / 'in' / 'clip' / 'new', 'lies in'
    yield clip / '..' / '..' / 'clips', 'holds'


@pytest.mark.parametrize('marked', [False, True])
def test_an_output_that_touches_an_input_is_refused(tmp_path, clip, marked):
    if marked:
        mark_folder(clip, TRACK)
        mark_folder(clip.parent, TRACK)
    before = snapshot(tmp_path)
    for place, how in places(tmp_path, clip):
        with pytest.raises(OutputError, match=f'{how} .*which is read'):
            check_output(place, [None, tmp_path / 'missing', clip], kind=TRACK, force=True)
    assert snapshot(tmp_path) == before


def test_an_input_by_another_name_is_still_the_input(tmp_path):
    page, hard = tmp_path / 'results.json', tmp_path / 'page.html'
    page.write_text('{}')
    os.link(page, hard)

    with pytest.raises(OutputError, match='which is read'):
        check_output(hard, [page], force=True, own_file=lambda _: True)


def test_a_link_to_the_input_that_lies_in_the_output_is_not_lost(tmp_path, clip, results):
    (results / 'clip').symlink_to(clip)
    with pytest.raises(OutputError, match='holds'):
        check_output(results, [results / 'clip'], kind=TRACK, force=True)


def test_only_files_and_folders_are_written(tmp_path):
    os.mkfifo(tmp_path / 'fifo')
    (tmp_path / 'dangling').symlink_to(tmp_path / 'nothing')
    (tmp_path / 'loop').symlink_to(tmp_path / 'loop')
    (tmp_path / 'null').symlink_to('/dev/null')
    (tmp_path / 'file').touch()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / 'socket'))
        for name in ('fifo', 'dangling', 'loop', 'null', 'socket', 'file/out'):
            with pytest.raises(OutputError):
                check_output(tmp_path / name, kind=TRACK, force=True, own_file=lambda _: True)
    assert (tmp_path / 'fifo').exists() and (tmp_path / 'dangling').is_symlink()


def test_only_results_of_the_kind_are_replaced(tmp_path, results, monkeypatch):
    monkeypatch.chdir(tmp_path)
    foreign = tmp_path / 'thesis'
    foreign.mkdir()
    (foreign / 'thesis.tex').touch()
    with pytest.raises(OutputError, match='add --force'):
        check_output(results, kind=TRACK)
    with pytest.raises(OutputError, match='did not write'):
        check_output(foreign, kind=TRACK, force=True)
    with pytest.raises(OutputError, match='did not write'):
        check_output(results, kind=ResultKind.BUNDLE, force=True)
    with pytest.raises(OutputError, match='a folder of its own'):
        check_output(tmp_path, kind=TRACK, force=True)
    assert check_output(results, kind=TRACK, force=True) == results
    (results / 'notes.txt').touch()
    with pytest.raises(OutputError, match='holds notes'):
        check_output(results, kind=TRACK, force=True)


def test_an_existing_file_is_replaced_only_if_it_is_ours(tmp_path):
    page = tmp_path / 'page.html'
    page.write_text('mine')
    with pytest.raises(OutputError, match='exists already'):
        check_output(page, own_file=lambda _: True)
    with pytest.raises(OutputError, match='no file that this command wrote'):
        check_output(page, force=True)
    assert check_output(page, force=True, own_file=lambda _: True) == page


def test_only_what_was_begun_is_resumed(tmp_path, results):
    foreign = tmp_path / 'photos'
    foreign.mkdir()
    (foreign / 'a.png').touch()
    check_output(results, kind=TRACK, resume=True)
    check_output(tmp_path / 'new', kind=TRACK, resume=True)
    with pytest.raises(OutputError, match='nothing to go on with'):
        check_output(foreign, kind=TRACK, resume=True)
