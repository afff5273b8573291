"""A student, written as upstream would, converted, stored and loaded, is itself bit by bit."""

from __future__ import annotations

import json

import pytest

torch = pytest.importorskip('torch')
pytest.importorskip('timm')

import upstream_checkpoint as upstream  # noqa: E402

from efficientsam3_ros.model.registry import student_config  # noqa: E402
from efficientsam3_ros.model.student import Student  # noqa: E402
from efficientsam3_ros.model.weights.conversion import convert  # noqa: E402
from efficientsam3_ros.model.weights.errors import WeightsError  # noqa: E402
from efficientsam3_ros.model.weights.keys.student_keys import student_table  # noqa: E402
from efficientsam3_ros.model.weights.store import (  # noqa: E402
    INFO_NAME,
    WEIGHTS_NAME,
    load_converted,
    read_info,
    save_converted,
)


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp('store')
    torch.save({'model': upstream.merged('es_ev_s')}, place / 'merged.pt')
    save_converted(convert(place / 'merged.pt'), place / 'out', keep_tracker=True)
    return place / 'out'


@pytest.fixture
def copy(folder, tmp_path):
    """Return a copy whose ``weights.json`` a test may spoil."""
    (tmp_path / INFO_NAME).write_text((folder / INFO_NAME).read_text())
    (tmp_path / WEIGHTS_NAME).symlink_to(folder / WEIGHTS_NAME)
    return tmp_path


def edit(folder, **changes):
    data = json.loads((folder / INFO_NAME).read_text()) | changes
    (folder / INFO_NAME).write_text(json.dumps(data))


def test_a_whole_student_survives_exactly(folder):
    config, state, _ = load_converted(folder)
    assert config == student_config('es_ev_s', text='s0', context=16)
    expected = upstream.student_state('es_ev_s')
    assert state.keys() == expected.keys()
    assert all(torch.equal(state[key], expected[key]) for key in expected)


@pytest.mark.slow
def test_a_network_of_random_numbers_survives_exactly(tmp_path):
    student = Student(student_config('es_ev_s'))
    state = student.state_dict()
    keys = upstream.as_checkpoint(student_table(student.config.trunk, state), state)
    left_out = {k: v for k, v in upstream.image_model('es_ev_s').items() if k not in keys}
    whole = {f'detector.{k}': v for k, v in (keys | left_out).items()} | upstream.tracker()
    torch.save({'model': whole}, tmp_path / 'merged.pt')
    save_converted(convert(tmp_path / 'merged.pt'), tmp_path / 'out')
    config, state, _ = load_converted(tmp_path / 'out')
    loaded = Student(config)
    loaded.load_state_dict(state, strict=True)
    expected = student.state_dict()
    assert all(torch.equal(value, expected[key]) for key, value in loaded.state_dict().items())


def test_the_tracker_is_kept_where_it_was_asked_for(folder):
    _, _, kept = load_converted(folder)
    expected = upstream.tracker()
    assert len(kept) == len(expected) + 22, "the tracker's neck belongs to it"
    assert all(torch.equal(kept[key], expected[key]) for key in expected)


def test_the_folder_says_what_it_holds(folder):
    info = read_info(folder)
    assert (info.variant, info.neck, info.text, info.context) == ('es_ev_s', 'sam3', 's0', 16)
    assert (info.preprocess.height, info.preprocess.width) == (1008, 1008)
    assert info.preprocess.mean == info.preprocess.std == (0.5, 0.5, 0.5)
    assert info.sources[0].name == 'merged.pt'
    assert len(info.sources[0].sha256) == 64
    assert info.license == 'LicenseRef-SAM'


def test_another_size_of_the_same_weights_is_offered(folder):
    assert load_converted(folder, size=512)[0].grid == 36


def test_edited_or_foreign_preprocessing_is_refused(copy):
    wrong = {'height': 1008, 'width': 1008, 'mean': [0.485, 0.456, 0.406], 'std': [0.2, 0.2, 0.2]}
    edit(copy, preprocess=wrong)
    with pytest.raises(WeightsError, match='edited after the conversion'):
        load_converted(copy)
    from efficientsam3_ros.core.preprocess import Preprocess

    edit(copy, preprocess_digest=Preprocess(**wrong).digest())
    with pytest.raises(WeightsError, match='another image preparation'):
        load_converted(copy)


def test_damaged_folders_are_refused(copy, tmp_path):
    (copy / WEIGHTS_NAME).unlink()
    (copy / WEIGHTS_NAME).write_bytes(b'x')
    with pytest.raises(WeightsError, match='checksum'):
        load_converted(copy)
    (copy / WEIGHTS_NAME).unlink()
    with pytest.raises(WeightsError, match='missing; convert the weights again'):
        load_converted(copy)
    edit(copy, format_version=9)
    with pytest.raises(WeightsError, match='format 9'):
        read_info(copy)
    edit(copy, format_version=1, licence='LicenseRef-SAM')
    with pytest.raises(WeightsError, match='"licence" is now "license"; convert the weights'):
        read_info(copy)
    (copy / INFO_NAME).write_text('{"variant": ')
    with pytest.raises(WeightsError, match='damaged'):
        read_info(copy)
    with pytest.raises(WeightsError, match='efficientsam3 convert'):
        read_info(tmp_path / 'none')


def test_a_tracker_is_kept_as_a_whole_or_not_at_all(tmp_path):
    keys = upstream.merged('es_ev_s')
    neck = {key for key in keys if '.sam2_convs.' in key}
    path, out = tmp_path / 'merged.pt', tmp_path / 'out'
    torch.save({k: v for k, v in keys.items() if k not in neck}, path)
    with pytest.raises(WeightsError, match=r"18 keys of the tracker's neck.*--base FILE"):
        save_converted(convert(path), out, keep_tracker=True)
    torch.save(keys | {'tracker.surprise': torch.zeros(1)}, path)
    with pytest.raises(WeightsError, match=r'tracker is unknown: tracker\.surprise'):
        save_converted(convert(path), out, keep_tracker=True)
    assert not out.exists()


def test_a_tracker_that_is_not_there_cannot_be_kept(tmp_path):
    path = tmp_path / 'x.pt'
    torch.save(upstream.image_model('es_ev_s'), path)
    with pytest.raises(WeightsError, match='no tracker to keep'):
        save_converted(convert(path), tmp_path / 'out', keep_tracker=True)
