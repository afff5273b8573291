"""The batches of a step are shared out without a double, and in the order of one process."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from toy_training import Numbers, Row

from training.data.samples.epochs import EpochBatches
from training.data.samples.skipping import SkippingSamples
from training.runtime.parts import StepBatches, part_of


def numbered(size=3, count=10):
    samples = SkippingSamples([Row(n) for n in range(count)], lambda number, _: number, 0)
    return EpochBatches(samples, size, list, 20)


def test_every_sample_is_seen_once_an_epoch_in_a_new_order():
    batches = numbered()
    seen = [number for index in range(10) for number in batches[index]]
    epochs = [seen[i : i + 10] for i in range(0, 30, 10)]
    assert all(sorted(epoch) == list(range(10)) for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2]
    assert numbered()[7] == batches[7], 'in any order'


def test_epochs_shared_out_are_disjoint_and_whole():
    parts = [part_of(numbered(size=1), number, 5) for number in range(5)]
    seen = Counter(part[step][0] for step in range(4) for part in parts)
    assert seen == dict.fromkeys(range(10), 2)


def test_what_a_sample_draws_differs_between_epochs():
    samples = SkippingSamples([Row(0)], lambda _, rng: int(rng.integers(1 << 40)), 0)
    batches = EpochBatches(samples, 1, list, 4)
    assert len({batches[index][0] for index in range(4)}) == 4


def test_parts_of_seeded_batches_differ_and_the_first_is_that_of_a_run_without_parts():
    data = Numbers(1)
    items = [part_of(data, number, 3)[5]['x'] for number in range(3)]
    assert torch.equal(items[0], data[5]['x'])
    assert not torch.equal(items[1], items[2])
    assert len({tuple(item.flatten().tolist()) for item in items}) == 3


def test_processes_and_accumulation_give_the_same_batches():
    shares = [
        [
            StepBatches(Numbers(1), 9, rank, processes, 4 // processes)[2]
            for rank in range(processes)
        ]
        for processes in (1, 2, 4)
    ]
    flat = [[batch['x'] for share in each for batch in share] for each in shares]
    assert [len(each) for each in flat] == [4, 4, 4]
    for one, two, four in zip(*flat):
        assert torch.equal(one, two) and torch.equal(two, four)


def test_what_cannot_be_shared_out_is_named():
    data = torch.utils.data.TensorDataset(torch.zeros(3))
    assert part_of(data, 0, 1) is data
    with pytest.raises(ValueError, match='TensorDataset cannot be shared out among 2'):
        part_of(data, 0, 2)
