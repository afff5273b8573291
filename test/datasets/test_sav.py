"""SA-V val: every picture, a mask for every fourth, objects that overlap."""

import miniatures
import numpy as np

from efficientsam3_ros.datasets import TruthKind, open_sequences


def test_truth_belongs_to_every_fourth_picture(tmp_path):
    (sequence,) = open_sequences(miniatures.sav_val(tmp_path))
    assert (sequence.source, sequence.truth_kind) == ('sav', TruthKind.OBJECTS)
    frames, truth = list(sequence.frames()), list(sequence.truth())
    assert len(frames) == len(truth) == 17
    annotated = {n: t for n, t in enumerate(truth) if t is not None}
    assert list(annotated) == [0, 4, 8, 12, 16]
    assert [miniatures.number_of(frames[n].rgb) for n in annotated] == list(annotated)
    ids = {n: [i.track_id for i in t.instances] for n, t in annotated.items()}
    assert ids == {0: [1, 2], 4: [1, 2], 8: [2], 12: [1], 16: [1, 2]}
    assert all(i.mask.x == n for n, t in annotated.items() for i in t.instances)
    first, second = (i.mask.decode() for i in truth[4].instances)
    assert np.array_equal(first, miniatures.bar(4))
    assert (first & second).any()
    assert any('1 masks are missing' in note for note in sequence.notes)
