"""``efficientsam3 calibrate`` writes what it chose into a copy, and loses no bundle."""

from __future__ import annotations

from pathlib import Path
import shutil

from painted_sequence import PaintedSequence
import pytest
from scripted_bundle import write_bundle
from scripted_engine import ColorEngine

from efficientsam3_ros.bags import BagWriter
from efficientsam3_ros.cli import calibrate
from efficientsam3_ros.cli.main import main
from efficientsam3_ros.core import Manifest

KEPT = 'bundle.before-calibration'


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(calibrate, 'load_engine', lambda *_: ColorEngine())
    sequence = PaintedSequence()
    with BagWriter(Path('one.mcap')) as bag:
        bag.concepts('/camera/ground_truth', sequence.concepts, sequence.stamp(0))
        for frame, there in zip(sequence.frames(), sequence.truth()):
            bag.image('/camera/image_raw', frame.rgb, 'rgb8', frame.stamp_ns, frame.frame_id)
            bag.instances('/camera/ground_truth', there)
    write_bundle(Path('bundle'))


def run(*words: object) -> int:
    return main(['calibrate', *map(str, words)])


def threshold(folder: str) -> float:
    return Manifest.load(Path(folder)).threshold


def test_the_choice_is_written_and_the_old_bundle_kept(capsys):
    assert run('bundle', '--data', 'one.mcap') == 0
    assert threshold('bundle') == 0.9
    assert threshold(KEPT) == 0.95
    printed = capsys.readouterr().out
    assert '24 datapoints' in printed and KEPT in printed
    assert 'before' in printed and 'chosen' in printed
    assert run('bundle', '--data', 'one.mcap') == 0
    assert threshold(KEPT) == 0.95 and threshold(f'{KEPT}-2') == 0.9
    assert {path.name for path in Path().iterdir()} == {'one.mcap', 'bundle', KEPT, f'{KEPT}-2'}


def test_another_folder_or_none_leaves_the_bundle_alone(capsys):
    assert run('bundle', '--data', 'one.mcap', '--dry-run', '--no-gate') == 0
    assert run('bundle', '--data', 'one.mcap', '--out', 'new') == 0
    assert (threshold('bundle'), threshold('new')) == (0.95, 0.9)
    assert run('bundle', '--data', 'one.mcap', '--out', 'new') == 2
    assert 'exists already' in capsys.readouterr().err


def test_a_link_stays_a_link():
    Path('link').symlink_to('bundle')
    assert run('link', '--data', 'one.mcap') == 0
    assert Path('link').is_symlink() and threshold('link') == 0.9


@pytest.mark.parametrize('copies', [1, 2])
def test_a_disk_that_is_full_after_some_copies_leaves_everything_as_it_was(
    copies, monkeypatch, capsys
):
    copied, copy = [], shutil.copytree

    def fill(source, target):
        copied.append(copy(source, target))
        if len(copied) == copies:
            raise OSError('disk full')

    monkeypatch.setattr(shutil, 'copytree', fill)
    assert run('bundle', '--data', 'one.mcap') == 2
    assert 'disk full' in capsys.readouterr().err
    assert {path.name for path in Path().iterdir()} == {'one.mcap', 'bundle'}
    assert threshold('bundle') == 0.95


def test_validation_scenes_are_the_default(monkeypatch, capsys):
    def find(paths, scenes, *_):
        raise calibrate.OptionError(f'{list(paths)} {scenes.title}')

    monkeypatch.setattr(calibrate, 'find_inputs', find)
    assert run('bundle') == run('bundle', '--scenes', '3', '--frames', '9') == 2
    first, second = capsys.readouterr().err.splitlines()
    assert '[] --scenes 20000-20039 --split train --pack clean --frames 60' in first
    assert '[] --scenes 3 --split train --pack clean --frames 9' in second


@pytest.mark.parametrize(
    ('words', 'message'),
    [
        (['nano'], 'name a new folder with --out'),
        (['none'], 'There is no bundle'),
        (['nano_tabletop'], 'The bundle "nano_tabletop" was replaced; name "nano".'),
        (['bundle', '--data', 'none.mcap'], 'none.mcap'),
        (['bundle', '--data', 'one.mcap', '--suite', 'tabletop-v1'], 'either a path'),
        (['bundle', '--min-absent', '2'], 'min-absent'),
    ],
)
def test_errors_are_one_line_with_the_cause(words, message, capsys):
    assert run(*words) == 2
    error = capsys.readouterr().err
    assert message in error and error.count('\n') == 1
