"""Which video memory ``efficientsam3 export`` takes, and what it refuses."""

from __future__ import annotations

from dataclasses import asdict
import json
from pathlib import Path

import pytest

torch = pytest.importorskip('torch')
pytest.importorskip('timm')

from efficientsam3_ros.cli import export_network  # noqa: E402
from efficientsam3_ros.cli.main import USER_ERROR, main  # noqa: E402
from efficientsam3_ros.model.student import sam3_preprocess  # noqa: E402
from efficientsam3_ros.model.weights import store, video  # noqa: E402


def chosen(**options: object) -> export_network.ChosenNetwork:
    # Without memory for the numbers, which nothing here reads.
    with torch.device('meta'):
        return export_network.chosen_network('es_ev_s', export_network.NetworkOptions(**options))


def weights(folder: Path, tracker: bool) -> str:
    """Write what a folder of converted weights says of itself."""
    info = store.WeightsInfo(
        'es_ev_s', 'sam3', 's0', 16, sam3_preprocess(1008), (), '', store.LICENSE, tracker
    )
    data = asdict(info) | {'format_version': store.FORMAT_VERSION}
    data['preprocess_digest'] = info.preprocess.digest()
    (folder / store.INFO_NAME).write_text(json.dumps(data))
    return str(folder)


@pytest.fixture
def loaded(monkeypatch) -> list[str]:
    """Note what would be loaded, and load nothing."""
    names: list[str] = []
    monkeypatch.setattr(video, 'load_student', lambda *_: names.append('student'))
    monkeypatch.setattr(
        video, 'load_student_with_tracker', lambda *_: names.append('both') or (None, 'tracker')
    )
    return names


@pytest.mark.parametrize(('neck', 'own'), [('sam3', True), ('lean', False)])
def test_random_weights_come_with_a_perceiver(neck, own):
    network = chosen(random_weights=True, neck=neck)
    assert network.memory.config.kind == 'perceiver'
    assert network.memory.config.attention_layers == 2
    assert network.student.config.tracker_neck == own
    assert network.memory.config.grid == (network.student.config.grid,) * 2
    # A lean neck's numbers are large beside those of the memory.
    assert network.memory.config.normalized_levels == (not own)
    assert not network.remark


def test_random_weights_of_sam3s_own_tracker_have_all_of_its_layers():
    config = chosen(random_weights=True, memory='dense', size=512).memory.config
    assert (config.kind, config.attention_layers, config.grid) == ('dense', 4, (36, 36))


def test_none_leaves_the_neck_as_it_was():
    network = chosen(random_weights=True, memory='none')
    assert network.memory is None
    assert not network.student.config.tracker_neck


def test_a_kept_tracker_is_taken_unless_it_is_not_wanted(tmp_path, loaded):
    folder = weights(tmp_path, tracker=True)
    assert chosen(weights=folder).memory == 'tracker'
    assert chosen(weights=folder, memory='dense').memory == 'tracker'
    assert chosen(weights=folder, memory='none').memory is None
    assert loaded == ['both', 'both', 'student']


def test_without_a_tracker_there_is_no_memory_and_a_word_on_how_to_get_it(tmp_path, loaded):
    folder = weights(tmp_path, tracker=False)
    network = chosen(weights=folder)
    assert network.memory is None
    assert '--keep-tracker' in network.remark
    assert len(network.remark.splitlines()) == 1
    # Whoever says so needs no advice.
    assert not chosen(weights=folder, memory='none').remark
    assert loaded == ['student', 'student']


def test_a_tracker_that_was_not_kept_cannot_be_asked_for(tmp_path, capsys):
    words = ['--weights', weights(tmp_path, tracker=False), '--memory', 'dense']
    (tmp_path / store.WEIGHTS_NAME).write_bytes(b'')
    assert (
        main(['export', 'es_ev_s', *words, '--out', str(tmp_path.with_name('out'))]) == USER_ERROR
    )
    assert '--keep-tracker' in capsys.readouterr().err


@pytest.mark.parametrize('tracker', [True, False])
def test_a_perceiver_is_trained_and_added_later(tmp_path, capsys, tracker):
    words = ['--weights', weights(tmp_path, tracker), '--memory', 'perceiver']
    assert (
        main(['export', 'es_ev_s', *words, '--out', str(tmp_path.with_name('out'))]) == USER_ERROR
    )
    said = capsys.readouterr().err
    assert 'training.export_memory' in said and '--random-weights' in said
    assert not (tmp_path.with_name('out')).exists()


def test_a_size_that_no_windows_fit_is_refused(tmp_path, capsys):
    words = ['--random-weights', '--size', '742', '--out', str(tmp_path / 'out')]
    assert main(['export', 'es_ev_s', *words]) == USER_ERROR
    assert 'choose another input size' in capsys.readouterr().err
    assert not (tmp_path / 'out').exists()
