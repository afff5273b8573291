"""Folders of shards that are not what they should be."""

import json

import pytest
import sa1b_files
from sa1b_files import edit

from efficientsam3_ros.datasets import SequenceError
from efficientsam3_ros.datasets.stills.sa1b.pictures import Sa1bPictures
from efficientsam3_ros.datasets.stills.shards.sample_json import to_json
from efficientsam3_ros.datasets.stills.shards.shard_index import Shard, ShardIndex
from efficientsam3_ros.datasets.stills.shards.shard_pictures import ShardPictures


def folder(tmp_path, change=lambda about: None):
    """Write shards by hand: one tar of two samples."""
    pictures = Sa1bPictures(sa1b_files.sa1b(tmp_path / 'set'))
    loose, out = tmp_path / 'loose', tmp_path / 'shards'
    loose.mkdir(), out.mkdir()
    for still in pictures.stills:
        about = to_json(still.read())
        change(about)
        (loose / f'{still.name}.json').write_text(json.dumps(about))
        (loose / f'{still.name}.jpg').write_bytes(still.picture.read_bytes())
    pack(loose, out)
    return out


def pack(loose, out):
    tar = sa1b_files.packed(loose, out / 'shard-000000.tar', inside='')
    shard = Shard(tar.name, tar.stat().st_size, 2)
    ShardIndex('set', 'sa1b', (), 2, 10, 0, 'plan', (shard,)).write(out)


def test_shards_by_hand_are_read(tmp_path):
    assert {p.name for p in ShardPictures(folder(tmp_path))} == {'sa_2', 'sa_10'}


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda d: d.update(version=9), r'index\.json is of version 9, this program reads 1'),
        (lambda d: d.pop('plan'), r'index\.json is no index of shards, or damaged'),
        (lambda d: d['shards'][0].update(size=3), r'shard-000000\.tar is missing or not whole'),
        (lambda d: d['shards'][0].update(file='x.tar'), r'x\.tar is missing or not whole'),
        (lambda d: d['shards'][0].update(samples=3), r'holds 2 samples, index\.json tells 3'),
        (lambda d: d.update(pictures=20), 'holds 1 of 2 shards; go on with'),
    ],
)
def test_an_index_that_does_not_fit_is_refused(tmp_path, change, message):
    out = folder(tmp_path)
    edit(out / 'index.json', change)
    with pytest.raises(SequenceError, match=message):
        ShardPictures(out)


def test_a_sample_without_its_picture_is_refused(tmp_path):
    out = folder(tmp_path)
    (tmp_path / 'loose/sa_2.jpg').unlink()
    pack(tmp_path / 'loose', out)
    with pytest.raises(SequenceError, match=r'shard-000000\.tar: sa_2 lacks its picture'):
        ShardPictures(out)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda d: d.update(version=9), 'sa_2.json is damaged .its version is 9'),
        (lambda d: d.update(width=7), 'picture and JSON differ in size'),
        (lambda d: d.pop('instances'), 'instances'),
        (lambda d: d.pop('nouns'), r'sa_2\.json is no sample; write the shards again'),
        (lambda d: d['instances'][0]['segmentation'].update(counts='2'), 'do not fill'),
    ],
)
def test_a_damaged_sample_costs_only_itself(tmp_path, change, message):
    out = folder(tmp_path, lambda about: change(about) if about['name'] == 'sa_2' else None)
    pictures = ShardPictures(out)
    assert [p.name for p in pictures] == ['sa_10']
    broken = next(still for still in pictures.stills if still.name == 'sa_2')
    with pytest.raises(SequenceError, match=message):
        broken.read()
