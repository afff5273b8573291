"""Damaged samples are skipped and counted, and draws depend on seed, epoch and place alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import miniatures
import numpy as np
import pytest
import sa1b_files
import torch
from torch.utils.data import DataLoader, Subset

from efficientsam3_ros.datasets import SequenceError, open_sequences
from efficientsam3_ros.datasets.clip import clip_windows
from efficientsam3_ros.datasets.stills.sa1b.pictures import Sa1bPictures
from training.data.samples.skipping import SkippingSamples, UnfitError
from training.data.samples.tolerance import DamageError, Tolerance


@dataclass(frozen=True)
class Numbered:
    number: int
    broken: bool = False

    @property
    def name(self):
        return f'sample {self.number}'

    def read(self):
        if self.broken:
            raise SequenceError(f'{self.number}.jpg is cut off; copy it again.')
        return self.number


def number_and_draw(sample, rng):
    return torch.tensor([sample, int(rng.integers(1 << 40))])


def numbered(count, broken=()):
    return [Numbered(n, n in broken) for n in range(count)]


def epochs(dataset, workers, count=2):
    """Return the samples of some epochs, by the same workers."""
    loader = DataLoader(
        dataset,
        batch_size=3,
        shuffle=False,
        num_workers=workers,
        persistent_workers=workers > 0,
        multiprocessing_context='fork' if workers else None,
    )
    found = []
    for epoch in range(count):
        dataset.set_epoch(epoch)
        found += [row.tolist() for batch in loader for row in batch]
    return found


def test_samples_do_not_depend_on_the_number_of_workers():
    broken = (2, 3, 9)
    one, three = (
        SkippingSamples(numbered(12, broken), number_and_draw, 7, Tolerance(0.5), lambda _: None)
        for _ in range(2)
    )
    here, there = epochs(one, 0), epochs(three, 3)
    assert here == there
    assert one.damaged == three.damaged == broken
    assert not {number for number, _ in here} & set(broken)
    assert len(here) == 24


def test_draws_differ_by_seed_epoch_and_place():
    def draws(seed, epoch):
        dataset = SkippingSamples(numbered(4), number_and_draw, seed)
        dataset.set_epoch(epoch)
        return [int(dataset[place][1]) for place in (3, 1, 0, 2)]

    every = [*draws(0, 0), *draws(0, 1), *draws(1, 0)]
    assert draws(0, 1) == draws(0, 1)
    assert len(set(every)) == 12


def test_places_of_damaged_samples_are_spread_over_the_sound_ones():
    broken = range(10, 20)
    dataset = SkippingSamples(
        numbered(40, broken), number_and_draw, 0, Tolerance(1.0), lambda _: None
    )
    stand_ins = Counter(int(dataset[place][0]) for place in broken)
    assert len(stand_ins) > 5


def test_each_damaged_sample_is_told_once_and_counted_once():
    told = []
    dataset = SkippingSamples(numbered(10, (4,)), number_and_draw, 0, Tolerance(0.1), told.append)
    for epoch in range(3):
        dataset.set_epoch(epoch)
        for place in range(10):
            dataset[place]
    assert told == ["'sample 4' is skipped: 4.jpg is cut off; copy it again."]


@pytest.mark.parametrize('bound', [Tolerance(share=0.1), Tolerance(share=1.0, count=1)])
def test_beyond_the_bound_the_run_stops_with_the_reason(bound):
    dataset = SkippingSamples(numbered(10, (1, 4)), number_and_draw, 0, bound, lambda _: None)
    dataset[1]
    with pytest.raises(DamageError, match=r'2 of 10 .*which 1 are allowed.* one: 4.jpg'):
        dataset[4]


def test_the_bound_counts_the_samples_of_all_workers():
    dataset = SkippingSamples(
        numbered(12, (0, 3, 6, 9)), number_and_draw, 0, Tolerance(1.0, 3), lambda _: None
    )
    # A worker that raises makes torch wait ten seconds for it.
    seen_by_workers = Subset(dataset, range(9))
    for _ in DataLoader(seen_by_workers, 3, num_workers=2, multiprocessing_context='fork'):
        pass
    with pytest.raises(DamageError, match='4 of 12 samples are damaged'):
        dataset[9]


def test_a_set_without_a_sound_sample_ends():
    dataset = SkippingSamples(
        numbered(3, (0, 1, 2)), number_and_draw, 0, Tolerance(1.0), lambda _: None
    )
    with pytest.raises(DamageError, match='3 of 3 samples are damaged'):
        dataset[0]


def test_a_bug_is_not_taken_for_damage():
    def draw(sample, rng):
        raise ValueError('shapes differ')

    with pytest.raises(ValueError, match='shapes differ'):
        SkippingSamples(numbered(3), draw)[0]


def test_bounds_and_places_out_of_range_are_refused():
    with pytest.raises(ValueError, match='from 0 to 1'):
        Tolerance(share=1.5)
    with pytest.raises(ValueError, match='no sample to train on'):
        SkippingSamples([], number_and_draw)
    with pytest.raises(IndexError):
        SkippingSamples(numbered(3), number_and_draw)[3]
    assert Tolerance(0.01, 1000).allowed(50) == 1


def test_stills_of_a_set_are_samples(tmp_path):
    root = sa1b_files.sa1b(tmp_path)
    (root / 'sa_2.jpg').write_bytes(b'\xff\xd8 cut off')

    def some_mask(labeled, rng: np.random.Generator):
        chosen = rng.choice([item.track_id for item in labeled.truth.instances])
        return labeled.name, int(chosen)

    told = []
    dataset = SkippingSamples(Sa1bPictures(root).stills, some_mask, 0, tell=told.append)
    assert [dataset[0][0], dataset[1][0]] == ['sa_10', 'sa_10']
    assert "'sa_2' is skipped" in told[0] and 'sa_2.jpg' in told[0]


def test_clips_of_videos_are_samples(tmp_path):
    miniatures.sav_train(tmp_path)
    (tmp_path / 'sav_000001/00004.jpg').write_bytes(b'cut')
    windows = clip_windows(open_sequences(tmp_path), 2, step=1)
    told = []
    dataset = SkippingSamples(
        windows, lambda clip, _: clip.name, 0, Tolerance(0.5), tell=told.append
    )
    names = [dataset[place] for place in range(len(dataset))]
    assert set(names[:2]) <= set(names[2:]) == {'sav_000001-00008', 'sav_000001-00012'}
    assert told[0].startswith("'sav_000001-00000' is skipped: sav_000001: picture 4 is damaged")


@dataclass(frozen=True)
class Long:
    parts: int
    name: str = 'long'

    def read_part(self, rng):
        if not self.parts:
            raise UnfitError('It is too short.')
        return int(rng.integers(self.parts))


def test_of_a_divisible_sample_each_epoch_draws_another_part_and_repeats_it():
    def parts(seed):
        dataset = SkippingSamples([Long(1000), Long(1000)], number_and_draw, seed)
        return [int(dataset.drawn(epoch, place)[0]) for epoch in range(3) for place in (0, 1)]

    assert len(set(parts(1))) == 6 and parts(1) == parts(1) != parts(2)


def test_what_is_of_no_use_is_replaced_and_does_not_count_as_damaged():
    told = []
    items = [Long(0), Long(0), Long(0), Numbered(7)]
    dataset = SkippingSamples(items, number_and_draw, 0, Tolerance(0.0), told.append)
    assert [int(dataset[place][0]) for place in range(4)] == [7] * 4
    assert dataset.damaged == () and told == []
    with pytest.raises(UnfitError, match='Of 2 samples none can be used: It is too short'):
        SkippingSamples([Long(0)] * 2, number_and_draw)[0]
