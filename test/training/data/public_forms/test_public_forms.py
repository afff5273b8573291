"""Rendered scenes in the forms of public data sets come back through their readers."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from toy_proof import OBJECTS, write_scene

from efficientsam3_ros.core.writing.result_marker import ResultKind, result_kind
from efficientsam3_ros.datasets.open import open_sequences
from efficientsam3_ros.datasets.stills.find import find_stills
from training.data.public_forms.__main__ import main
from training.data.public_forms.objects import View, scene_asker
from training.data.scene_file import SceneFile, read_scene


@pytest.fixture
def scenes(tmp_path):
    for seed in (1, 2, 3):
        write_scene(tmp_path / f'scenes/scene_{seed}.npz', seed, 4)
        write_scene(tmp_path / f'scenes/clip_{seed:05d}_0.npz', seed, 3)
    return tmp_path / 'scenes'


def written(scenes, form, *words):
    out = scenes.parent / form
    command = ['--scenes', str(scenes), '--form', form, '--out', str(out), *words]
    assert main(command) == 0
    assert result_kind(out) is ResultKind.PICTURES
    return out


def test_masks_come_back_as_sa1b_without_names(scenes):
    found = find_stills(written(scenes, 'sa1b'))
    assert found.source == 'sa1b' and len(found.stills) == 12
    labeled = found.stills[0].read()
    scene = read_scene(scenes / 'scene_1.npz')
    # JPEG is lossy, masks are not.
    assert np.abs(labeled.frame.rgb.astype(int) - scene.rgb[0]).mean() < 12
    masks = [item.mask.decode() for item in labeled.truth.instances]
    assert [m.sum() for m in masks] == [(scene.ids[0] == n).sum() for n in (1, 2)]
    assert all(np.array_equal(m, scene.ids[0] == n) for n, m in enumerate(masks, 1))


def test_phrases_are_true_of_what_answers_them_and_others_of_nothing(scenes):
    out = written(scenes, 'saco', '--frames', '2')
    found = find_stills(out)
    assert found.source == 'saco' and len(found.stills) == 6
    answered, empty = 0, 0
    for still in found.stills:
        labeled = still.read()
        scene = read_scene(scenes / f'{still.name.rsplit("_", 1)[0]}.npz')
        frame = int(still.name.rsplit('_', 1)[1])
        for phrase in labeled.nouns:
            true = [item.id for item in scene.objects if phrase in item.phrases]
            wanted = sum((scene.ids[frame] == n).any() for n in true)
            instances = [i for i in labeled.truth.instances if i.concept == phrase]
            assert len(instances) == wanted, phrase
            answered, empty = answered + bool(wanted), empty + (not wanted)
    assert answered >= 6 and empty >= 6
    assert 'red mug' in (out / 'phrases.txt').read_text().splitlines()


def test_the_same_scenes_ask_the_same_in_any_process(scenes, tmp_path):
    first = written(scenes, 'saco') / 'silver_simulated_merged_test.json'
    again = tmp_path / 'again'
    words = ['--scenes', str(scenes), '--form', 'saco', '--out', str(again)]
    command = [sys.executable, '-m', 'training.data.public_forms', *words]
    # Sets have another order with other hashes.
    subprocess.run(command, env={**os.environ, 'PYTHONHASHSEED': '1'}, check=True)
    assert (again / first.name).read_bytes() == first.read_bytes()


def test_clips_come_back_as_videos_with_ids(scenes):
    videos = open_sequences(written(scenes, 'davis'))
    assert [video.name for video in videos] == [f'clip_{n:05d}_0' for n in (1, 2, 3)]
    truth = [sorted(i.track_id for i in frame.instances) for frame in videos[0].truth()]
    assert truth == [[1, 2]] * 3


def test_scenes_are_taken_in_the_order_of_their_seeds(scenes):
    write_scene(scenes / 'scene_10.npz', 10, 1)
    out = written(scenes, 'pictures', '--first', '2', '--frames', '1')
    assert sorted(p.name for p in out.glob('*.jpg')) == ['scene_10_000.jpg', 'scene_3_000.jpg']


def test_what_only_a_speck_answers_is_not_asked():
    ids = np.zeros((1, 100, 100), np.uint8)
    ids[0, :50, :50] = 1
    ids[0, 99, 99] = 2
    scene = SceneFile(np.zeros((1, 100, 100, 3), np.uint8), ids, OBJECTS, np.arange(1))
    view = View.of(scene, 0)
    assert [item.id for item in view.seen] == [1] and [i.id for i in view.specks] == [2]
    asker = scene_asker()
    for seed in range(20):
        asked = view.asked(asker, 8, np.random.default_rng(seed))
        assert not asked.keys() & {'bowl', 'blue bowl', 'object', 'blue object'}


def test_a_folder_without_scenes_and_foreign_outputs_are_refused(scenes, tmp_path, capsys):
    empty = tmp_path / 'empty'
    empty.mkdir()
    words = ['--form', 'saco', '--out', str(tmp_path / 'x')]
    assert main(['--scenes', str(empty), *words]) == 2
    assert 'tabletop_render' in capsys.readouterr().err
    assert main(['--scenes', str(scenes), '--first', '9', *words]) == 2
    assert 'no scene behind number 9' in capsys.readouterr().err
    (empty / 'thesis.tex').write_text('precious')
    assert main(['--scenes', str(scenes), '--form', 'saco', '--out', str(empty), '--force']) == 2
    assert (empty / 'thesis.tex').read_text() == 'precious'
