"""A simulated clip is a sequence whose absent concept is known."""

import pickle

import pytest

pytest.importorskip('mujoco')

from efficientsam3_ros.datasets import TruthKind
from efficientsam3_ros.evaluation.old_simulated_sequence import SimulatedSequence
from efficientsam3_ros.simulation import TabletopConfig


def test_clip_gives_frames_truth_and_absent_concepts(tmp_path):
    config = TabletopConfig(seed=3, frames=3, width=80, height=60, pack='primitives', depth=False)
    sequence = pickle.loads(pickle.dumps(SimulatedSequence(config, tmp_path)))
    frames, truth = list(sequence.frames()), list(sequence.truth())
    assert len(frames) == len(truth) == sequence.expected_frames == 3
    assert [f.stamp_ns for f in frames] == [t.stamp_ns for t in truth]
    assert (sequence.name, sequence.truth_kind) == ('train-3', TruthKind.CONCEPTS)
    seen = {i.concept for t in truth for i in t.instances}
    assert seen < set(sequence.concepts)
    other = TabletopConfig(seed=4, frames=3, width=80, height=60, pack='primitives', depth=False)
    assert sequence.digest != SimulatedSequence(other).digest
