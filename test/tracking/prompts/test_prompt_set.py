"""The text encoder works for new phrases only."""

from __future__ import annotations

import numpy as np
import pytest
from scripted_engine import CLASS_TOKEN, ScriptedEngine, make_manifest

from efficientsam3_ros.core import Prompt, PromptError
from efficientsam3_ros.tracking.prompts import prompt_set
from efficientsam3_ros.tracking.prompts.prompt_set import PromptSet


def phrases(*concepts: str) -> list[Prompt]:
    return [Prompt(concept) for concept in concepts]


def test_known_phrases_are_not_encoded_again(scripted_engine):
    prompts = PromptSet(scripted_engine)
    prompts.replace(phrases('red mug', 'blue mug'), 8)
    prompts.replace(phrases('blue mug'), 8)
    prompts.replace(phrases('RED mug', 'blue mug'), 8)
    assert scripted_engine.runs['text_encoder'] == 1
    prompts.replace(phrases('red mug', 'tool'), 8)
    assert scripted_engine.runs['text_encoder'] == 2


def test_tokens_follow_the_order_of_the_prompts(scripted_engine):
    prompts = PromptSet(scripted_engine)
    prompts.replace(phrases('red', 'blue'), 8)
    first, _ = prompts.tokens({})
    prompts.replace(phrases('blue', 'red'), 8)
    second, mask = prompts.tokens({})
    assert np.array_equal(first[::-1], second)
    assert mask.tolist() == [[1, 0, 0, 0]] * 2


def test_a_prompt_given_twice_counts_once(scripted_engine):
    prompts = PromptSet(scripted_engine)
    prompts.replace(phrases('red mug', 'red mug', 'Red Mug'), 1)
    assert len(prompts.prompts) == 1


def test_too_many_are_refused_with_both_numbers(scripted_engine):
    with pytest.raises(PromptError, match='3 prompts, at most 2'):
        PromptSet(scripted_engine).replace(phrases('red', 'blue', 'mug'), 2)


def test_the_cache_of_phrases_is_bounded(scripted_engine, monkeypatch):
    monkeypatch.setattr(prompt_set, 'CACHE_SIZE', 3)
    prompts = PromptSet(scripted_engine)
    for word in ('red', 'green', 'blue', 'mug', 'tool'):
        prompts.replace(phrases(word), 8)
    prompts.replace(phrases('blue', 'mug', 'tool'), 8)
    assert scripted_engine.runs['text_encoder'] == 5
    prompts.replace(phrases('red'), 8)
    assert scripted_engine.runs['text_encoder'] == 6


def test_every_change_has_its_version(scripted_engine):
    prompts = PromptSet(scripted_engine)
    assert prompts.version == 0
    assert [prompts.replace(phrases('red'), 8), prompts.replace([], 8)] == [1, 2]


def test_words_alone_get_the_class_token_of_each_image_where_the_model_wants_it():
    engine = ScriptedEngine(make_manifest(class_token=True))
    prompts = PromptSet(engine)
    boxed = Prompt('blue', boxes=((0.5, 0.5, 0.2, 0.2),), box_labels=(1,))
    prompts.replace([Prompt('red mug'), boxed], 8)
    features = {'level_1': np.zeros((48, 64, 3), np.uint8)}
    tokens, mask = prompts.tokens(features)
    assert tokens[0, :5, 0].tolist() == [2, 5, 0, 0, CLASS_TOKEN]
    assert mask[0].tolist() == [1, 1, 0, 0, 1, 0]
    assert tokens[1, :6, 0].tolist() == [4, 0, 0, 0, -2, CLASS_TOKEN]
    assert engine.runs['exemplar_encoder'] == 2
    prompts.tokens(features)
    # The box is remembered; the class token is of the new image.
    assert engine.runs['exemplar_encoder'] == 3
