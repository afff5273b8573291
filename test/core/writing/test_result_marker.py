import json

import pytest

from efficientsam3_ros.core.writing.result_marker import (
    MARKER,
    ResultKind,
    is_empty,
    is_result_folder,
    mark_folder,
    result_kind,
    strange_names,
)
from efficientsam3_ros.engine import find_bundle


@pytest.mark.parametrize('kind', ResultKind)
def test_a_marked_folder_is_recognised(tmp_path, kind):
    mark_folder(tmp_path, kind)

    assert result_kind(tmp_path) is kind


@pytest.mark.parametrize(
    ('files', 'kind'),
    [
        ({'instances.jsonl': '', 'instances.mcap': ''}, ResultKind.TRACK),
        ({'results.json': {'config': {}, 'sequences': {}}}, ResultKind.EVALUATION),
        ({'weights.json': '{}', 'weights.safetensors': ''}, ResultKind.WEIGHTS),
        ({'checkpoint.pt': '', 'config.yaml': ''}, ResultKind.TRAINING_RUN),
        ({'scene_1.npz': ''}, ResultKind.SCENES),
        ({'results.json': {'mine': 1}}, None),
        ({'results.json': [1, 2]}, None),
        ({'manifest.json': '{broken'}, None),
        ({'metadata.yaml': '', 'drive.mcap': ''}, None),
        ({}, None),
    ],
)
def test_older_folders_are_recognised_by_their_own_files(tmp_path, files, kind):
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / name).write_text(text)

    assert result_kind(tmp_path) is kind


def test_a_bundle_is_no_recording_and_a_simulated_bag_is_one(tmp_path):
    mark_folder(tmp_path, ResultKind.RECORDING)

    assert is_result_folder(find_bundle())
    assert not is_result_folder(tmp_path)
    assert not is_result_folder(tmp_path / 'missing')
    assert not is_result_folder(tmp_path / MARKER)


def test_what_others_put_into_a_folder_is_named(tmp_path):
    mark_folder(tmp_path, ResultKind.TRACK)
    for name in ('instances.jsonl', '.part-x1', 'thesis.tex'):
        (tmp_path / name).touch()

    assert strange_names(tmp_path, ResultKind.TRACK) == ['thesis.tex']
    assert not is_empty(tmp_path)


def test_leftovers_of_a_killed_run_do_not_fill_a_folder(tmp_path):
    (tmp_path / '.part-x1').mkdir()

    assert is_empty(tmp_path)
