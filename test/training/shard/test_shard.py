"""Shards hold the samples of the set; a run that ended goes on; nothing is written over."""

from __future__ import annotations

import json
import tarfile

import cv2
import numpy as np
import phrase_files
import pytest
import sa1b_files
from same_samples import assert_same
import still_files

from efficientsam3_ros.core.writing.result_marker import ResultKind, result_kind
from efficientsam3_ros.datasets import open_sequences
from efficientsam3_ros.datasets.stills.find import find_stills
from efficientsam3_ros.datasets.stills.shards.sample_json import to_json
from training.shard import tar_writing
from training.shard.__main__ import main


def written(root, out, *more):
    return main(['--root', str(root), '--out', str(out), *more])


@pytest.mark.parametrize(
    'make',
    [
        sa1b_files.sa1b,
        phrase_files.gold,
        phrase_files.silver,
        phrase_files.lvis,
        still_files.coco,
        still_files.rgbd,
    ],
)
def test_every_set_gives_the_same_samples_from_shards(tmp_path, make):
    before = find_stills(make(tmp_path / 'set'))
    assert written(tmp_path / 'set', tmp_path / 'shards', '--samples', '2') == 0
    after = find_stills(tmp_path / 'shards')
    assert (after.source, len(after)) == ('shards', len(before))
    assert after.categories == before.categories
    for one, other in zip(before, after):
        assert_same(one, other)
        assert to_json(one) == to_json(other)
    assert [s.nouns for s in after.stills] == [s.nouns for s in before.stills]
    assert result_kind(tmp_path / 'shards') is ResultKind.SHARDS


def test_evaluate_reads_shards(tmp_path):
    written(phrase_files.gold(tmp_path / 'set'), tmp_path / 'shards')
    first, *_ = open_sequences(tmp_path / 'shards')
    assert first.concepts == ('a red mug', 'unicorn')


def test_pictures_are_stored_as_they_are_in_the_order_of_the_set(tmp_path):
    root = sa1b_files.sa1b(tmp_path / 'set')
    written(root, tmp_path / 'shards')
    with tarfile.open(tmp_path / 'shards/shard-000000.tar') as archive:
        names = archive.getnames()
        picture = archive.extractfile('00000000-sa_2.jpg').read()
        about = json.load(archive.extractfile('00000001-sa_10.json'))
    assert names == [f'{n:08d}-sa_{i}.{e}' for n, i in enumerate((2, 10)) for e in ('jpg', 'json')]
    assert picture == (root / 'sa_2.jpg').read_bytes()
    assert about['name'] == 'sa_10'


def test_keys_have_no_dot_of_a_name(tmp_path):
    root = still_files.coco(tmp_path / 'set')
    (root / 'images/0001.jpg').rename(root / 'images/a.b c.jpg')
    still_files.edit(root, lambda d: d['images'][1].update(file_name='a.b c.jpg'))
    written(root, tmp_path / 'shards')
    shards = find_stills(tmp_path / 'shards')
    assert [s.name for s in shards.stills][1] == '00000001-a_b_c'
    assert [labeled.name for labeled in shards][1] == 'a.b c'


def many(root, count=5):
    """Write a folder of several pictures of SA-1B."""
    root.mkdir()
    for number in range(count):
        rgb = np.full((24, 40, 3), 8 * number, np.uint8)
        assert cv2.imwrite(str(root / f'sa_{number}.jpg'), rgb)
        about = sa1b_files.about(number)
        (root / f'sa_{number}.json').write_text(json.dumps(about))
    return root


def test_an_interrupted_run_goes_on_and_ends_with_the_same_bytes(tmp_path, monkeypatch, capsys):
    root, whole, out = many(tmp_path / 'set'), tmp_path / 'whole', tmp_path / 'out'
    written(root, whole, '--samples', '2')

    def fails(part, path, digests):
        if '000001' in path.name:
            raise OSError(28, 'No space left on device', str(path))

    with monkeypatch.context() as patched:
        patched.setattr(tar_writing, '_check', fails)
        assert written(root, out, '--samples', '2') == 2
    assert 'shard-000001.tar' in capsys.readouterr().err
    assert sorted(p.name for p in out.glob('*.tar')) == ['shard-000000.tar']
    with pytest.raises(ValueError, match=r'holds 1 of 3 shards; go on .*--resume'):
        find_stills(out)
    before = (out / 'shard-000000.tar').stat().st_mtime_ns
    assert written(root, out, '--samples', '2') == 2
    assert 'go on in it with --resume' in capsys.readouterr().err
    assert written(root, out, '--samples', '2', '--resume') == 0
    assert (out / 'shard-000000.tar').stat().st_mtime_ns == before
    for path in whole.iterdir():
        assert path.read_bytes() == (out / path.name).read_bytes()
    assert written(root, out, '--samples', '2', '--resume') == 0


def test_going_on_with_another_set_is_refused(tmp_path, capsys):
    root, out = many(tmp_path / 'set'), tmp_path / 'out'
    written(root, out)
    assert written(root, out, '--samples', '3', '--resume') == 2
    assert 'was begun otherwise' in capsys.readouterr().err
    (root / 'sa_4.jpg').unlink()
    assert written(root, out, '--resume') == 2
    assert '5 pictures of set' in capsys.readouterr().err


def test_a_disk_that_changes_bytes_is_noticed(tmp_path, monkeypatch, capsys):
    root, out = many(tmp_path / 'set'), tmp_path / 'out'
    found = tar_writing.members_of

    def flipped(part):
        data = bytearray(part.read_bytes())
        data[600] ^= 1
        part.write_bytes(bytes(data))
        return found(part)

    monkeypatch.setattr(tar_writing, 'members_of', flipped)
    assert written(root, out) == 2
    assert 'reads other than it was written; check the disk' in capsys.readouterr().err
    assert not list(out.glob('*.tar'))


def test_damaged_pictures_are_reported_counted_and_bounded(tmp_path, capsys):
    root = many(tmp_path / 'set')
    for number in (1, 3):
        (root / f'sa_{number}.jpg').write_bytes(b'')
    few = ('--damaged-share', '0.4', '--samples', '2')
    assert written(root, tmp_path / 'out', *few) == 0
    printed = capsys.readouterr().out
    assert "'sa_1' is skipped" in printed and '3 pictures in 3 shards; 2 were damaged' in printed
    shards = find_stills(tmp_path / 'out')
    assert [labeled.name for labeled in shards] == ['sa_0', 'sa_2', 'sa_4']
    assert '2 of 5 pictures were damaged when written.' in shards.notes
    assert written(root, tmp_path / 'strict', '--damaged-count', '1') == 2
    assert '2 of 5 samples are damaged, of which 1 are allowed' in capsys.readouterr().err


def test_what_lies_there_is_not_touched(tmp_path, capsys):
    root, thesis = many(tmp_path / 'set'), tmp_path / 'thesis'
    thesis.mkdir()
    (thesis / 'thesis.tex').write_text('precious')
    for more in ((), ('--resume',)):
        assert written(root, thesis, *more) == 2
    assert written(root, root / 'shards') == 2
    assert 'lies in' in capsys.readouterr().err
    assert [p.name for p in thesis.iterdir()] == ['thesis.tex']
    assert written(tmp_path / 'nowhere', tmp_path / 'out') == 2
    assert 'does not exist' in capsys.readouterr().err
    assert written(thesis, tmp_path / 'out') == 2
    assert 'holds no labelled pictures' in capsys.readouterr().err


def test_help_has_examples(capsys):
    assert main(['--help']) == 0
    assert 'python -m training.shard --root data/sa1b' in capsys.readouterr().out


def test_several_processes_write_the_same_bytes(tmp_path):
    root = many(tmp_path / 'set')
    (root / 'sa_1.jpg').write_bytes(b'')
    for out, workers in (('one', '1'), ('two', '2')):
        few = ('--damaged-share', '0.2', '--samples', '2', '--workers', workers)
        assert written(root, tmp_path / out, *few) == 0
    for path in (tmp_path / 'one').iterdir():
        assert path.read_bytes() == (tmp_path / 'two' / path.name).read_bytes()


def test_larger_pictures_are_made_smaller_with_all_that_belongs_to_them(tmp_path):
    root = sa1b_files.sa1b(tmp_path / 'set')
    assert written(root, tmp_path / 'out', '--longest-side', '20') == 0
    before, after = (next(iter(find_stills(p))) for p in (root, tmp_path / 'out'))
    assert after.frame.rgb.shape == (12, 20, 3)
    assert [i.track_id for i in after.truth.instances] == [1, 3]
    half = after.truth.instances[1].mask
    assert half.box_xyxy == tuple(n // 2 for n in before.truth.instances[1].mask.box_xyxy)
    assert after.origins[3].points == ((1.75, 3.25),)
    assert after.origins[3].crop == (0, 0, 20, 12)
    assert written(root, tmp_path / 'out', '--resume') == 2


def test_small_pictures_stay_as_they_are(tmp_path):
    root = still_files.rgbd(tmp_path / 'set')
    assert written(root, tmp_path / 'out', '--longest-side', '40') == 0
    for one, other in zip(find_stills(root), find_stills(tmp_path / 'out')):
        assert_same(one, other)
