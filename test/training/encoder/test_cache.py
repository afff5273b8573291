"""The feature cache: what the teacher saw, of this teacher and this preprocess alone."""

from __future__ import annotations

from dataclasses import replace
import json

from installed import needs
import numpy as np
import pytest
from tiny_stage1 import SIZE, run_config
import torch

from training.encoder.cache import filling, store
from training.encoder.cache.__main__ import main
from training.encoder.cache.store import INDEX, FeatureCache, FeatureCacheError
from training.encoder.data.opening import split_pictures
from training.teacher.sam3 import Sam3Teacher

pytestmark = needs('transformers')


@pytest.fixture(scope='module')
def teacher(sam3_folder):
    return Sam3Teacher(sam3_folder)


@pytest.fixture(scope='module')
def settings(sam3_folder, sa1b, tmp_path_factory):
    path = tmp_path_factory.mktemp('settings') / 'stage1.yaml'
    path.write_text(f'teacher: {sam3_folder}\ndata: {{sa1b: {sa1b}}}\n')
    return path


@pytest.fixture(scope='module')
def folder(settings, tmp_path_factory):
    place = tmp_path_factory.mktemp('cache') / 'features'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filling, 'SHARD', 3)
        assert main(['--config', str(settings), '--out', str(place)]) == 0
    return place


def test_it_holds_what_the_teacher_sees(folder, teacher, sam3_folder, sa1b, monkeypatch):
    monkeypatch.setattr(store, 'SHARD', 3)
    cache = FeatureCache.open(folder, teacher.identity)
    train, validation = split_pictures(run_config(sam3_folder, sa1b).data)
    for still in (train[-1], validation[0]):
        image = torch.from_numpy(teacher.preprocess(still.read().frame.rgb))
        seen = teacher.encode_image(image)
        kept = teacher.features_of(cache.trunk(still.name)[None])
        assert seen.trunk is not None and cache.trunk(still.name).dtype == torch.float16
        for level, other in zip((seen.trunk, *seen.levels), (kept.trunk, *kept.levels)):
            torch.testing.assert_close(level, other, atol=2e-3 * float(level.abs().max()), rtol=0)
    with pytest.raises(FeatureCacheError, match='does not hold sa_99'):
        cache.trunk('sa_99')


def test_another_teacher_or_preprocess_is_refused(folder, teacher):
    for change, what in (('weights', 'another teacher'), ('preprocess', 'another preprocess')):
        with pytest.raises(FeatureCacheError, match=what):
            FeatureCache.open(folder, replace(teacher.identity, **{change: 'x'}))
    with pytest.raises(FeatureCacheError, match=r'no index\.json'):
        FeatureCache.open(folder.parent, teacher.identity)


def test_a_damaged_index_or_shard_says_what_to_do(folder, teacher, tmp_path):
    (tmp_path / INDEX).write_text('{"shape": [1, 2]}')
    with pytest.raises(FeatureCacheError, match='is damaged'):
        FeatureCache.open(tmp_path, teacher.identity)
    entries = json.loads((folder / INDEX).read_text())
    (tmp_path / INDEX).write_text(json.dumps(entries))
    cache = FeatureCache.open(tmp_path, teacher.identity)
    with pytest.raises(FeatureCacheError, match='cannot be read'):
        cache.trunk('sa_1')
    np.save(tmp_path / 'trunk_00000.npy', np.full((8, *cache.shape), np.nan, np.float16))
    store._shard.cache_clear()
    with pytest.raises(FeatureCacheError, match=r'features of sa_1 .* are damaged'):
        cache.trunk('sa_1')


def test_its_size_is_told_and_bounded_beforehand(settings, tmp_path, capsys):
    out = tmp_path / 'cache'
    # 8 pictures of 64 * 8 * 8 half-precision numbers: 65.5 kB.
    code = main(['--config', str(settings), '--out', str(out), '--gigabytes', '0.00006'])
    assert code == 2 and not out.exists()
    assert 'more than the bound of 6e-05 GB' in capsys.readouterr().err
    assert main(['--config', str(settings), '--out', str(out), '--gigabytes', '0.00007']) == 0
    assert '8 pictures of 0.0 MB take 0.0 GB' in capsys.readouterr().err


def test_finished_shards_stay_and_other_pictures_are_refused(
    folder, settings, teacher, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(filling, 'SHARD', 3)
    monkeypatch.setattr(filling, '_write_shard', lambda *_: pytest.fail('it is finished'))
    assert main(['--config', str(settings), '--out', str(folder)]) == 0
    entries = json.loads((folder / INDEX).read_text())
    (tmp_path / INDEX).write_text(json.dumps(entries | {'pictures': ['sa_1']}))
    (tmp_path / '.efficientsam3').write_text('teacher_features: written by efficientsam3\n')
    assert main(['--config', str(settings), '--out', str(tmp_path)]) == 2
    assert 'holds other pictures' in capsys.readouterr().err
    assert teacher.preprocess.height == SIZE
