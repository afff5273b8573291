"""Words of COCO's classes begin as the classes that YOLOX knows, with a color and without."""

from __future__ import annotations

import pytest
import torch

from efficientsam3_ros.evaluation.anchor.coco_classes import COCO_CLASSES
from efficientsam3_ros.model.nano_config import NanoConfig
from efficientsam3_ros.model.nano_student import NanoStudent
from training.data.vocabulary import Vocabulary, VocabularyConfig
from training.detector import class_words
from training.detector.class_words import class_targets, fit_class_words

VOCABULARY = Vocabulary.of(VocabularyConfig(base='household'))
TOKENIZER = VOCABULARY.tokenizer(6)


@pytest.fixture(scope='module')
def student() -> NanoStudent:
    """Return a student after a short fit."""
    torch.manual_seed(0)
    config = NanoConfig(
        input_height=32,
        input_width=32,
        queries=4,
        vocabulary_size=TOKENIZER.size,
    )
    made = NanoStudent(config).eval()
    steps, class_words.STEPS = class_words.STEPS, 250
    fit_class_words(made, VOCABULARY, TOKENIZER, seed=0)
    class_words.STEPS = steps
    return made


def classifiers(student: NanoStudent, *phrases: str) -> torch.Tensor:
    ids = torch.from_numpy(TOKENIZER.encode(list(phrases)))
    with torch.no_grad():
        return student.detector.evidence.weights(*student.text_encoder(ids))


@pytest.mark.parametrize('color', ['', 'red '])
def test_a_noun_of_coco_has_the_classifier_of_its_class(student, color):
    nouns = ('banana', 'laptop', 'cup', 'scissors')
    heads = [head.class_prediction for head in student.image_encoder.trunk.heads]
    with torch.no_grad():
        known = torch.stack([h.weight[..., 0, 0] for h in heads], 1)
    found = classifiers(student, *(color + noun for noun in nouns))[..., :-2]
    nearest = torch.cdist(found.flatten(1), known.flatten(1)).argmin(1)
    assert [COCO_CLASSES[number] for number in nearest.tolist()] == list(nouns)


def test_other_nouns_begin_as_unseen_and_object_as_anything(student):
    phrases, target = class_targets(student.image_encoder.trunk, VOCABULARY)
    rows = [phrases.index(noun) for noun in ('screwdriver', 'object')]
    assert not target[rows, :, :-2].any()
    found = classifiers(student, 'screwdriver', 'object')
    assert (found[0, :, -2] < -2).all() and (found[1, :, -2] > 0).all()
    assert (found[1, :, -1] > found[0, :, -1]).all(), 'objectness counts more'
