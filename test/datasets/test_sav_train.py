"""SA-V train: annotation t belongs to picture 4 t; absent is no pixels or null."""

import json

import miniatures
import pytest

from efficientsam3_ros.datasets import SequenceError, open_sequences, sav_train


@pytest.mark.parametrize('frames', [True, False])
def test_masklets_are_aligned_with_pictures_and_video(tmp_path, frames):
    (sequence,) = open_sequences(miniatures.sav_train(tmp_path, frames))
    assert (sequence.name, sequence.source, sequence.expected_frames) == ('sav_000001', 'sav', 17)
    pictures, truth = list(sequence.frames()), list(sequence.truth())
    annotated = {n: t for n, t in enumerate(truth) if t is not None}
    assert list(annotated) == [0, 4, 8, 12, 16]
    assert [miniatures.number_of(pictures[n].rgb) for n in annotated] == list(annotated)
    ids = [[i.track_id for i in t.instances] for t in annotated.values()]
    assert ids == [[1, 2], [1], [1], [1, 2, 3], [1, 2, 3]]
    assert all(i.mask.x == n for n, t in annotated.items() for i in t.instances)
    assert sequence.notes == ()


def test_masks_of_a_model_are_taken_when_named_and_said_so(tmp_path):
    miniatures.sav_train(tmp_path / 'sav_000')
    assert len(open_sequences(tmp_path)) == 1
    (sequence,) = open_sequences(tmp_path / 'sav_000/sav_000001_auto.json')
    assert [len(t.instances) for t in sequence.truth() if t] == [1] * 5
    assert any('made by a model' in note for note in sequence.notes)


def test_video_shorter_than_its_file_is_read_as_far_as_it_goes(tmp_path):
    miniatures.sav_train(tmp_path, frames=False)
    path = tmp_path / 'sav_000001_manual.json'
    about = json.loads(path.read_text())
    path.write_text(json.dumps({**about, 'video_frame_count': 20.0}))
    (sequence,) = open_sequences(tmp_path)
    assert len(list(sequence.frames())) == len(list(sequence.truth())) == 17
    assert any('3 of 20 pictures are missing' in note for note in sequence.notes)


def test_missing_video_and_foreign_json_are_named(tmp_path):
    miniatures.sav_train(tmp_path, frames=False)
    (tmp_path / 'sav_000001.mp4').unlink()
    with pytest.raises(SequenceError, match=r'sav_000001\.mp4.*00000\.jpg'):
        open_sequences(tmp_path)
    (tmp_path / 'x_manual.json').write_text('{}')
    (tmp_path / 'x.mp4').write_bytes(b'')
    with pytest.raises(SequenceError, match='masklet'):
        open_sequences(tmp_path / 'x_manual.json')


@pytest.mark.parametrize('value', [7, [7], [{'size': [float('inf'), 1], 'counts': ''}]])
def test_damaged_moment_of_a_masklet_costs_only_itself(tmp_path, value):
    miniatures.sav_train(tmp_path)
    path = next(tmp_path.rglob('*_manual.json'))
    about = json.loads(path.read_text())
    about['masklet'][1] = value
    path.write_text(json.dumps(about))
    sequence = open_sequences(path)[0]
    truth = list(sequence.truth())
    assert truth[0] is not None and truth[4] is None
    assert any('1 annotations are not used' in note for note in sequence.notes)


def test_only_a_few_files_are_kept_in_memory(tmp_path):
    about = miniatures.sav_train(tmp_path / 'one') / 'sav_000001_manual.json'
    pictures = tmp_path / 'one/sav_000001'
    for n in range(20):
        folder = tmp_path / 'many'
        (folder / f'v{n}').mkdir(parents=True)
        (folder / f'v{n}_manual.json').write_bytes(about.read_bytes())
        (folder / f'v{n}/00000.jpg').write_bytes((pictures / '00000.jpg').read_bytes())
    for sequence in open_sequences(tmp_path / 'many'):
        assert len(next(sequence.truth()).instances) == 2
    assert sav_train._read.cache_info().currsize < 10


def test_a_folder_is_listed_and_no_file_is_opened_before_its_video_is_read(tmp_path, monkeypatch):
    miniatures.sav_train(tmp_path, frames=False)
    about, video = tmp_path / 'sav_000001_manual.json', tmp_path / 'sav_000001.mp4'
    for n in range(2, 6):
        (tmp_path / f'sav_00000{n}_manual.json').write_bytes(about.read_bytes())
        (tmp_path / f'sav_00000{n}.mp4').write_bytes(video.read_bytes())
    (tmp_path / 'sav_000004_manual.json').write_text('{"masklet": [')
    opened = []
    original = sav_train.read_json

    def counting(path):
        opened.append(path.name)
        return original(path)

    monkeypatch.setattr(sav_train, 'read_json', counting)
    sav_train._read.cache_clear()
    sequences = open_sequences(tmp_path)
    assert len(sequences) == 5 and opened == []
    assert sequences[1].expected_frames == 17 and opened == ['sav_000002_manual.json']
    # What is damaged is told by its own video alone.
    assert sequences[3].expected_frames == 0
    with pytest.raises(SequenceError, match=r'sav_000004_manual\.json cannot be read as JSON'):
        next(sequences[3].frames())
    assert len(list(sequences[4].frames())) == 17
    assert set(opened) == {f'sav_00000{n}_manual.json' for n in (2, 4, 5)}


def test_an_annotation_without_a_length_is_told(tmp_path):
    miniatures.sav_train(tmp_path, frames=False)
    (tmp_path / 'sav_000001_manual.json').write_text('{"masklet": 7, "masklet_id": []}')
    (sequence,) = open_sequences(tmp_path)
    with pytest.raises(SequenceError, match='does not tell how long'):
        next(sequence.frames())
