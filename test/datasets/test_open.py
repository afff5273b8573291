"""A path is recognised, and what cannot be read does not hide the rest."""

import pytest
from recordings import write_recording

from efficientsam3_ros.bags import BagError
from efficientsam3_ros.core.writing.result_marker import ResultKind, mark_folder
from efficientsam3_ros.datasets import SequenceError, TruthOptions, open_sequences


def test_folder_of_bags_gives_all_and_keeps_a_broken_one_in_its_place(tmp_path):
    write_recording(tmp_path / 'b', storage='sqlite3')
    write_recording(tmp_path / 'a.mcap')
    (tmp_path / 'c.mcap').write_bytes(b'not a bag at all')
    (tmp_path / 'notes.txt').write_text('x')
    found = open_sequences(tmp_path)
    assert [s.name for s in found] == ['a', 'b', 'c.mcap']
    assert [len(list(s.frames())) for s in found[:2]] == [6, 6]
    for use in (lambda s: s.digest, lambda s: s.concepts, lambda s: list(s.frames())):
        with pytest.raises(SequenceError, match='no MCAP file'):
            use(found[2])


def test_file_and_folder_of_one_name_are_told_apart(tmp_path):
    write_recording(tmp_path / 'a')
    write_recording(tmp_path / 'a.mcap')
    assert len({s.name for s in open_sequences(tmp_path)}) == 2


def test_parts_of_a_split_bag_are_one_sequence(tmp_path):
    folder = tmp_path / 'run'
    folder.mkdir()
    for part, order in enumerate((range(3), range(3, 6))):
        write_recording(folder / f'run_{part}.mcap', order)
    (sequence,) = open_sequences(folder)
    assert len(list(sequence.frames())) == 6
    assert any('no metadata.yaml' in note for note in sequence.notes)


def test_what_this_program_wrote_beside_a_bag_is_passed_over(tmp_path):
    write_recording(tmp_path / 'run.mcap')
    for name in ('run_track', 'run_result'):
        (tmp_path / name).mkdir()
        write_recording(tmp_path / name / 'instances.mcap')
    mark_folder(tmp_path / 'run_track', ResultKind.TRACK)
    (tmp_path / 'run_result' / 'instances.jsonl').touch()
    assert [s.name for s in open_sequences(tmp_path)] == ['run']


@pytest.mark.parametrize('names', [('run_7', 'run_12'), ('clip',), ('x', 'y')])
def test_other_files_in_a_folder_are_bags_of_their_own(tmp_path, names):
    for name in names:
        write_recording(tmp_path / f'{name}.mcap')
    assert [s.name for s in open_sequences(tmp_path)] == sorted(names)


@pytest.mark.parametrize(
    ('name', 'options', 'message'),
    [
        ('pictures', {'annotations': 'truth.json'}, 'is no bag; leave out --annotations'),
        ('pictures', {'labels': 'ids.json'}, 'is no bag; leave out --labels'),
        ('run.mcap', {'labels': 'ids.json'}, 'names the ids of a label image'),
        ('bags', {'annotations': 'truth.json'}, 'is the truth of one bag, .* holds 2'),
    ],
)
def test_truth_that_would_not_be_read_is_refused(tmp_path, name, options, message):
    (tmp_path / 'pictures').mkdir()
    (tmp_path / 'pictures' / '0.png').write_bytes(b'')
    (tmp_path / 'bags').mkdir()
    for path in ('run.mcap', 'bags/a.mcap', 'bags/c.mcap'):
        write_recording(tmp_path / path)
    given = TruthOptions(**{key: tmp_path / file for key, file in options.items()})
    for file in options.values():
        (tmp_path / file).write_text('{}')
    with pytest.raises(SequenceError, match=message):
        open_sequences(tmp_path / name, options=given)


def test_nothing_recognised_says_what_was_looked_for(tmp_path):
    with pytest.raises(SequenceError, match='does not exist'):
        open_sequences(tmp_path / 'nowhere')
    with pytest.raises(SequenceError, match=r'rosbag2 folder.*DAVIS.*SA-V.*VEval'):
        open_sequences(tmp_path)
    (tmp_path / 'a.json').write_text('{}')
    with pytest.raises(SequenceError, match='holds nothing to evaluate'):
        open_sequences(tmp_path / 'a.json')


def test_one_bag_that_cannot_be_read_raises_its_reason(tmp_path):
    (tmp_path / 'a.mcap').write_bytes(b'')
    with pytest.raises(BagError, match=r'a\.mcap'):
        open_sequences(tmp_path / 'a.mcap')
