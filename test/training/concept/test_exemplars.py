"""Examples and counter-examples that phrases are asked by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from efficientsam3_ros.core.rle import Rle
from training.concept.data.frames import open_pictures
from training.concept.exemplars import ExemplarDraw
from training.encoder.prompts.first import FirstPrompt, box_of

BOXES = FirstPrompt(box_share=1.0, jitter=0.0)


def test_examples_may_be_several_beside_the_words_and_have_counter_examples(saco):
    (labeled,) = open_pictures(saco)[0].read()
    one, other = labeled.truth.instances
    # Two of a concept, and one of another.
    things = [one, replace(shifted(one), track_id=3), other]
    exemplars = ExemplarDraw(1.0, boxes=2, counter=1.0, words=1.0, first=BOXES)
    boxes, seen = np.array([box_of(thing) for thing in things[:2]]), set()
    for seed in range(8):
        asked = (one.concept, other.concept, 'purple box')
        shown, words = exemplars(things, asked, np.random.default_rng(seed))
        assert words == asked and shown.boxes.shape == (3, 3, 4)
        used = [row[:end] for row, end in zip(shown.boxes, shown.valid.sum(1).int().tolist())]
        counter = shown.labels[0] == 0
        # Counter-examples come last, and are the other phrase's things.
        assert counter.sum() == 1 and used[0][-1].tolist() == pytest.approx(box_of(other))
        own = [int(np.abs(box.numpy() - boxes).sum(1).argmin()) for box in used[0][:-1]]
        torch.testing.assert_close(used[0][:-1], torch.from_numpy(boxes[own]))
        assert len(set(own)) == len(own)
        seen.add(len(own))
        assert len(used[2]) == 0, 'what is absent has no example'
    assert seen == {1, 2}


def shifted(thing):
    return replace(thing, mask=Rle.encode(np.roll(thing.mask.decode(), 30, 0)))


def test_another_name_of_the_same_thing_is_no_counter_example(saco):
    (labeled,) = open_pictures(saco)[0].read()
    one = labeled.truth.instances[0]
    things = [one, replace(one, concept='carton')]
    exemplars = ExemplarDraw(1.0, counter=1.0, first=BOXES)
    shown, _ = exemplars(things, (one.concept,), np.random.default_rng(0))
    assert shown.valid.tolist() == [[1, 0]] and shown.labels.tolist() == [[1, 1]]
