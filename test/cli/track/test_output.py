"""``efficientsam3 track`` replaces only what is its own, and never what it reads."""

import shutil

import pytest
from track_command import FRAMES, lines, track

from efficientsam3_ros.core.writing.result_marker import ResultKind, mark_folder
from efficientsam3_ros.engine import find_bundle

pytestmark = pytest.mark.usefixtures('engine')


def test_existing_output_is_kept_unless_forced(bag, tmp_path, capsys):
    out = tmp_path / 'out'
    out.mkdir()
    (out / 'mine.txt').write_text('precious')
    assert track(bag, out) == 2
    assert 'add --force' in capsys.readouterr().err
    assert (out / 'mine.txt').exists()
    assert track(bag, out, '--force') == 2
    assert (out / 'mine.txt').read_text() == 'precious'


def test_earlier_results_are_replaced_by_force(bag, tmp_path, capsys):
    out = tmp_path / 'out'
    assert track(bag, out) == 0
    assert track(bag, out) == 2
    assert 'add --force' in capsys.readouterr().err
    assert track(bag, out, '--force', '--no-video') == 0
    assert not (out / 'overlay.mp4').exists()
    assert len(lines(out)) == FRAMES
    assert {path.name for path in tmp_path.iterdir()} == {'clip.mcap', 'out'}


def test_the_clip_the_bundle_and_the_parameters_are_never_the_output(bag, pictures, tmp_path):
    for folder in (pictures, tmp_path / 'bundle'):
        folder.mkdir(exist_ok=True)
        mark_folder(folder, ResultKind.TRACK)
    shutil.copytree(find_bundle(), tmp_path / 'bundle', dirs_exist_ok=True)
    (pictures / 'tracker.yaml').write_text('max_tracks: 4\n')
    before = {p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()}
    for source, out, *more in (
        (pictures, pictures),
        (pictures / '000.png', pictures),
        (bag, tmp_path),
        (bag, bag),
        (pictures, pictures / 'out'),
        (bag, tmp_path / 'bundle', '--bundle', str(tmp_path / 'bundle')),
        (bag, pictures, '--params', str(pictures / 'tracker.yaml')),
    ):
        assert track(source, out, '--force', *more) == 2
    assert {p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()} == before
