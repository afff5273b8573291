"""What is asked of a picture, and what is true of it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from miniatures import HEIGHT, WIDTH
import numpy as np
from phrase_files import silver
import pytest
import torch

from efficientsam3_ros.core.text.clip_tokenizer import ClipTokenizer
from efficientsam3_ros.datasets import SequenceError
from efficientsam3_ros.model.student import sam3_preprocess
from training.concept.data.batch import joined_concepts
from training.concept.data.draw import ConceptDraw
from training.concept.data.frames import open_clips, open_pictures, open_unlabeled
from training.concept.exemplars import ExemplarDraw
from training.concept.objective import taught_by
from training.encoder.prompts.first import FirstPrompt

DRAW = ConceptDraw(sam3_preprocess(112), context=16, grid=32, phrases=3, negatives=0.5)
BOXES = FirstPrompt(box_share=1.0, jitter=0.0)


def drawn(item, draw=DRAW, seed=0):
    return draw(item.read(), np.random.default_rng(seed))


def test_masks_and_boxes_belong_to_the_phrases(saco):
    batch = drawn(open_pictures(saco)[0])
    (truth,) = batch.truths
    assert batch.images.shape == (1, 3, 112, 112) and len(truth.phrases) == 3
    assert truth.positive.sum() == 2 and truth.positive.any(1).sum() == 2
    for box, mask in zip(truth.boxes, truth.masks):
        # Each thing is 40 of 96 rows high and 40 of 128 columns wide.
        assert box[2:].tolist() == pytest.approx([40 / 128, 40 / 96], abs=0.02)
        assert float(mask.mean()) == pytest.approx(1600 / 96 / 128, rel=0.02)
        ys, xs = np.nonzero(mask.numpy() > 0.5)
        middle = [(xs.mean() + 0.5) / 32, (ys.mean() + 0.5) / 32]
        assert box[:2].tolist() == pytest.approx(middle, abs=0.03)


def test_negatives_are_as_many_as_wanted_and_positives_fill_up(saco):
    item = open_pictures(saco)[0]
    for phrases, negatives, present in ((2, 0.5, 1), (2, 0.0, 2), (1, 1.0, 0), (3, 0.0, 2)):
        draw = replace(DRAW, phrases=phrases, negatives=negatives)
        (truth,) = drawn(item, draw).truths
        assert len(truth.phrases) == phrases and truth.positive.any(1).sum() == present
        assert len(truth.boxes) == present


def test_the_same_seed_asks_the_same(saco):
    item = open_pictures(saco)[1]
    asked = [
        drawn(item, replace(DRAW, phrases=2), seed).truths[0].phrases for seed in (3, 3, 4, 5)
    ]
    assert asked[0] == asked[1] and len(set(asked)) > 1


def test_examples_stand_in_the_place_of_phrases_that_are_there(saco):
    item = open_pictures(saco)[0]
    draw = replace(DRAW, exemplars=ExemplarDraw(1.0, first=BOXES))
    (truth,) = drawn(item, draw).truths
    shown, there = truth.exemplars, truth.positive.any(1)
    assert torch.equal(shown.valid[:, 0].bool(), there) and there.sum() == 2
    visual = torch.from_numpy(ClipTokenizer(16).encode(['visual']))[0]
    asked_by_example = (truth.token_ids == visual).all(1)
    assert torch.equal(asked_by_example, there)
    for row in there.nonzero()[:, 0]:
        thing = truth.positive[row].nonzero()[0, 0]
        assert torch.allclose(shown.boxes[row, 0], truth.boxes[thing], atol=1e-6)
    assert truth.words == tuple(np.where(there, 'visual', truth.phrases))
    # The phrases stay what they are: a teacher is asked by them where no example is shown.
    assert truth.phrases == drawn(item).truths[0].phrases == drawn(item).truths[0].words
    assert drawn(item).truths[0].exemplars is None


def test_a_teacher_is_asked_what_the_student_is_asked(saco):
    exemplars = ExemplarDraw(1.0, counter=1.0, words=0.5, first=BOXES)
    batch = drawn(open_pictures(saco)[0], replace(DRAW, exemplars=exemplars), 3)
    (truth,), asked = batch.truths, []
    teacher = SimpleNamespace(
        encode_image=lambda images: SimpleNamespace(levels=(images, images, images)),
        detect=lambda features, prompts: asked.extend(prompts),
    )
    taught_by(teacher, batch)
    student = ClipTokenizer(16).encode([prompt.phrase for prompt in asked])
    assert torch.equal(truth.token_ids, torch.from_numpy(student))
    assert {prompt.phrase for prompt in asked} == {*truth.words} and 'visual' in truth.words
    for prompt, boxes, labels, there in zip(
        asked, truth.exemplars.boxes, truth.exemplars.labels, truth.positive.any(1)
    ):
        if not there:
            assert prompt.boxes is None and prompt.phrase in truth.phrases
            continue
        assert torch.equal(prompt.boxes, boxes) and prompt.labels.tolist() == [1, 0]
        assert torch.equal(prompt.labels, labels)


def test_a_phrase_with_a_crowd_or_too_long_is_not_asked(tmp_path):
    (crowd,) = open_pictures(silver(tmp_path))
    (truth,) = drawn(crowd).truths
    assert truth.phrases == () and truth.masks.shape == (0, 32, 32)
    short = replace(DRAW, context=3)
    assert crowd.still.size == (HEIGHT, WIDTH)
    assert drawn(crowd, short).truths[0].token_ids.shape == (0, 3)


def test_a_clip_keeps_identities_and_loses_what_is_out_of_view(veval):
    first, second = open_clips(veval, 2)
    assert first.name == 'boxes-0' and second.name == 'boxes-2'
    there, gone = drawn(first).truths
    assert there.identity.tolist() == [1, 2] and gone.identity.tolist() == [1]
    assert there.phrases == gone.phrases
    joined = joined_concepts([drawn(first), drawn(second)])
    ids = [truth.identity.tolist() for truth in joined.truths]
    assert ids == [[1, 2], [1], [4, 5], [4, 5]]


def test_a_missing_frame_and_sets_without_phrases_are_told(veval, saco, tmp_path):
    with pytest.raises(SequenceError, match=r'4 pictures|fewer data\.frames'):
        open_clips(veval, 5)
    with pytest.raises(SequenceError, match='no pictures with phrases'):
        open_pictures(tmp_path / 'nowhere')
    for folder in (tmp_path, tmp_path / 'nowhere'):
        with pytest.raises(SequenceError, match=r'no picture.*data\.unlabeled'):
            open_unlabeled(folder, ['mug'])
