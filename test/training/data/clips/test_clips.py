"""Clips: what is rendered, what is cached and what a batch holds."""

from __future__ import annotations

from dataclasses import replace
import json

from clip_files import ABSENT, MANIFEST, ColorEngine, tiny_memory, write_clip
import numpy as np
import pytest
import torch

from efficientsam3_ros.core.writing.result_marker import MARKER, ResultKind, result_kind
from training.data.clips import clip_features, clip_render
from training.data.clips.clip_features import (
    EncoderIdentity,
    FeatureCacheError,
    cache_clips,
    check_identity,
    read_levels,
)
from training.data.clips.clip_windows import choose_windows, interest
from training.data.clips.clips import MemoryClips, Stage
from training.data.clips.mask_errors import MaskErrors
from training.data.scene_file import read_scene

ENCODER = EncoderIdentity.of(MANIFEST)


@pytest.fixture
def clips(tmp_path):
    for seed in range(3):
        write_clip(tmp_path, seed)
    cache_clips(ColorEngine(tiny_memory()), tmp_path)
    return tmp_path


def dataset(clips, **changes) -> MemoryClips:
    arguments = {'stages': (Stage(4, 2, 2, 100),), 'length': 100, 'errors': MaskErrors(0.0)}
    return MemoryClips({clips: 1.0}, ENCODER, **arguments | changes)


def test_an_object_that_returns_makes_a_clip_interesting():
    there, gone = 0.01, 0.0
    steady = np.full((8, 1), there)
    leaves = np.array([[there]] * 4 + [[gone]] * 4)
    returns = np.array([[there]] * 3 + [[gone]] * 2 + [[there]] * 3)
    assert interest(steady) < interest(leaves) < interest(returns)


def test_windows_hold_the_return_and_stay_inside_the_film():
    shares = np.full((60, 2), 0.01)
    shares[20:30, 0] = 0
    for seed in range(5):
        windows = choose_windows(shares, np.random.default_rng(seed), 3, 8, (2, 3))
        assert len(windows) == 3
        assert all(w[0] >= 0 and w[-1] < 60 for w in windows)
        first, last = (interest(shares[list(windows[i])]) for i in (0, 2))
        assert first >= last
    with pytest.raises(ValueError, match='holds no clip'):
        choose_windows(shares[:5], np.random.default_rng(0), 1, 8, (1,))


def test_clips_are_the_frames_of_their_film(tmp_path, monkeypatch):
    pytest.importorskip('mujoco')
    monkeypatch.setattr(clip_render, 'FILM_FRAMES', (24, 28))
    from efficientsam3_ros.simulation import Tabletop, TabletopConfig
    from efficientsam3_ros.simulation.camera.renderer import RendererError

    film = (3, tmp_path, 1, 4, (32, 24), 'primitives', None, None, 30.0)
    try:
        (path,) = clip_render.render_film(*film)
    except RendererError as error:
        pytest.skip(str(error))
    clip = read_scene(path)
    assert clip.rgb.shape == (4, 24, 32, 3) and clip.ids.dtype == np.uint16
    assert clip.stride in clip_render.STRIDES
    frames = int(np.random.default_rng((3, 1)).integers(*clip_render.FILM_FRAMES))
    config = TabletopConfig(
        seed=3,
        width=64,
        height=48,
        frames=frames,
        pack='primitives',
        depth=False,
        field_of_view=30.0,
    )
    indices = np.load(path)['indices'].tolist()
    with Tabletop(config) as table:
        whole = list(table.rehearsal())
    for ids, index in zip(clip.ids, indices):
        np.testing.assert_array_equal(ids, whole[index][::2, ::2])
    before = path.stat().st_mtime_ns
    clip_render.render_film(*film)
    assert path.stat().st_mtime_ns == before


def test_seeds_of_the_test_clips_are_not_rendered(tmp_path, capsys):
    arguments = ['--out', str(tmp_path), '--first-seed', '9990', '--films', '20']
    assert clip_render.main(arguments) == 2
    assert 'kept for tests' in capsys.readouterr().err


def test_a_damaged_clip_is_refused_with_the_remedy(tmp_path):
    path = write_clip(tmp_path, 0)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ValueError, match='render again'):
        read_scene(path)


def test_features_are_cached_once_and_read_as_they_were(clips):
    config = tiny_memory()
    engine = ColorEngine(config)
    cache_clips(engine, clips)
    assert engine.runs == 0
    path = clips / 'clip_00001_0.npz'
    clip_features.level_path(path, 'level_1').unlink()
    cache_clips(engine, clips)
    assert engine.runs == 8
    levels = read_levels(path)
    rgb = read_scene(path).rgb[5]
    expected = engine.run('image_encoder', {'image': MANIFEST.preprocess(rgb)})
    for index, level in enumerate(levels):
        assert level.dtype == np.float16 and isinstance(level, np.memmap)
        np.testing.assert_allclose(level[5], expected[f'level_{index}'][0], rtol=2e-3, atol=2e-3)


def test_a_cache_of_other_weights_is_refused(clips):
    with pytest.raises(FeatureCacheError, match='other weights'):
        check_identity(clips, replace(ENCODER, image_encoder='0' * 64))
    with pytest.raises(FeatureCacheError, match='other preprocess'):
        check_identity(clips, replace(ENCODER, preprocess='0'))
    graph = replace(MANIFEST.graphs['image_encoder'], sha256='1' * 64)
    other = replace(MANIFEST, graphs={**MANIFEST.graphs, 'image_encoder': graph})
    with pytest.raises(FeatureCacheError, match='other weights'):
        cache_clips(ColorEngine(tiny_memory(), other), clips)
    (clips / 'features' / 'index.json').write_text(json.dumps({'a': 1}))
    with pytest.raises(FeatureCacheError, match='damaged'):
        dataset(clips)


def test_folders_without_clips_or_cache_say_what_to_run(tmp_path):
    with pytest.raises(FeatureCacheError, match='clip_features'):
        dataset(tmp_path)
    with pytest.raises(FeatureCacheError, match='clip_render'):
        clip_features.clip_files(tmp_path)


@pytest.mark.parametrize('kind', ['foreign', 'bundle', 'clips', 'file'])
def test_features_are_not_written_over_anything_else(kind, tmp_path, capsys):
    folder = tmp_path / 'clips'
    folder.mkdir()
    clip = write_clip(folder, 0)
    cache_folder, other = clip_features.feature_folder(folder), tmp_path / 'other'
    other.mkdir()
    (other / 'clip_00000_0.level_0.npy').write_text('mine')
    if kind == 'file':
        cache_folder.write_text('mine')
    else:
        cache_folder.symlink_to(folder if kind == 'clips' else other)
    bundle = other if kind == 'bundle' else tmp_path / 'none'
    before = clip.read_bytes()
    assert clip_features.main(['--clips', str(folder), '--bundle', str(bundle)]) == 2
    expected = {
        'foreign': 'holds nothing to go on with',
        'bundle': f'is the same as {other}',
        'clips': f'holds {clip}',
        'file': 'exists already',
    }
    assert expected[kind] in capsys.readouterr().err
    assert clip.read_bytes() == before
    assert (other / 'clip_00000_0.level_0.npy').read_text() == 'mine'


def test_features_of_before_there_was_a_marker_are_gone_on_with(clips):
    (clips / 'features' / MARKER).unlink()
    assert result_kind(clips / 'features') is ResultKind.FEATURES
    cache_clips(ColorEngine(tiny_memory()), clips)
    assert (clips / 'features' / MARKER).is_file()
    assert result_kind(clips) is ResultKind.SCENES


def test_absent_objects_stay_in_the_batch(clips):
    batch = dataset(clips, stages=(Stage(8, 1, 2, 9),), whole=True)[0]
    # The mug is the eventful object, so it comes first.
    assert batch.absent[:, 0].nonzero()[:, 0].tolist() == list(ABSENT)
    assert not batch.absent[:, 1].any()
    assert batch.masks[3, 0].sum() == 0 and batch.masks[2, 0].sum() > 10
    assert (batch.visible == ~batch.absent).all()


def test_a_batch_is_a_function_of_its_number(clips):
    data = dataset(clips, errors=MaskErrors(1.0))
    for name, value in vars(data[7]).items():
        again = getattr(dataset(clips, errors=MaskErrors(1.0))[7], name)
        for a, b in zip(value, again) if name == 'levels' else [(value, again)]:
            assert torch.equal(a, b), name
    assert not torch.equal(data[7].masks, data[8].masks)


def test_masks_and_features_show_the_same_frame(clips):
    """The mug is red and the bowl is blue in the features, wherever a batch was cut."""
    data = dataset(clips)
    for number in range(4):
        batch = data[number]
        for frame in range(batch.frames):
            level_0 = batch.frame(frame)[0]
            assert len(level_0) == 4
            for level, mask in zip(level_0, batch.masks[frame]):
                inside = level[:, mask > 0.99]
                assert inside.shape[1] == 0 or inside.std(1).max() < 0.2


def test_folders_are_drawn_by_their_shares(clips, tmp_path):
    other = tmp_path / 'other'
    other.mkdir()
    write_clip(other, 7)
    cache_clips(ColorEngine(tiny_memory()), other)
    data = MemoryClips({clips: 3.0, other: 1.0}, ENCODER, (Stage(2, 2, 1, 1),), 5)
    assert [path.parent for path in data.files] == [clips] * 3 + [other]
    assert data.chances.tolist() == [0.25] * 4
    assert data[0].frames == 2
    with pytest.raises(FeatureCacheError, match='clip_features'):
        MemoryClips({clips: 1.0, tmp_path / 'none': 1.0}, ENCODER, (Stage(2, 2, 1, 1),), 5)


def test_batches_grow_by_stages(clips):
    data = dataset(clips, stages=(Stage(2, 2, 1, 3), Stage(5, 1, 2, 9)))
    assert data[2].masks.shape[:2] == (2, 2) and data[3].masks.shape[:2] == (5, 2)
    assert data[50].frames == 5
    with pytest.raises(ValueError, match='a frame, a clip'):
        Stage(0, 1, 1, 1)


def test_spoilt_masks_differ_but_never_vanish():
    mask = np.zeros((48, 64), bool)
    mask[20:23, 30:33] = True
    rng = np.random.default_rng(0)
    spoilt = [MaskErrors(1.0, widen=4)(mask, rng) for _ in range(50)]
    assert all(m.any() for m in spoilt)
    assert sum(not np.array_equal(m, mask) for m in spoilt) > 25
    assert np.array_equal(MaskErrors(0.0)(mask, rng), mask)
    empty = np.zeros_like(mask)
    assert not MaskErrors(1.0)(empty, rng).any()
