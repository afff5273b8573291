"""Old results stand aside until the new ones are whole."""

import pytest

from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.output_folder import result_folder
from efficientsam3_ros.core.writing.result_marker import ResultKind, mark_folder, result_kind

TRACK = ResultKind.TRACK


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / 'results'
    folder.mkdir()
    mark_folder(folder, TRACK)
    (folder / 'instances.jsonl').write_text('old\n')
    return folder


def test_old_results_stand_aside_until_the_new_ones_are_whole(results):
    with result_folder(results, TRACK) as out:
        (out / 'instances.jsonl').write_text('new\n')
        (aside,) = set(results.parent.iterdir()) - {results}
        assert (aside / 'instances.jsonl').read_text() == 'old\n'
    assert (results / 'instances.jsonl').read_text() == 'new\n'
    assert list(results.parent.iterdir()) == [results]
    assert result_kind(results) is TRACK


def test_a_failure_brings_the_old_results_back_and_keeps_what_was_done(results, capsys):
    with pytest.raises(KeyboardInterrupt), result_folder(results, TRACK) as out:
        (out / 'instances.jsonl').write_text('half\n')
        raise KeyboardInterrupt
    assert (results / 'instances.jsonl').read_text() == 'old\n'
    begun = results.parent / 'results.unfinished'
    assert (begun / 'instances.jsonl').read_text() == 'half\n'
    assert str(begun) in capsys.readouterr().err


def test_a_failure_before_the_first_file_leaves_no_trace(tmp_path, results, capsys):
    for place in (results, tmp_path / 'new'):
        with pytest.raises(ValueError, match='no'), result_folder(place, TRACK):
            raise ValueError('no')
    assert list(tmp_path.iterdir()) == [results]
    assert (results / 'instances.jsonl').read_text() == 'old\n'


def test_a_killed_run_does_not_block_the_next(results):
    (results.parent / '.results.before').mkdir()
    (results / '.part-xyz').mkdir()
    check_output(results, kind=TRACK, force=True)
    with result_folder(results, TRACK) as out:
        (out / 'instances.jsonl').write_text('new\n')
    assert (results / 'instances.jsonl').read_text() == 'new\n'
