"""Phrases that are asked of a rendered scene: true ones, and near misses of these."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from efficientsam3_ros.simulation import SceneObject
from efficientsam3_ros.simulation.vocabulary import CLEAN_NOUNS, COLORS, GENERIC, HELD_OUT_PAIRS
from training.data.lookalikes import lookalikes
from training.data.phrases import NOUNS, trainable

NEAR_MISS_SHARE = 0.65
LOOKALIKE_SHARE = 0.45
_WIDER = tuple(sorted({wide for n in CLEAN_NOUNS for wide in n.also}))


def sample_phrases(
    objects: Sequence[SceneObject],
    visible: Sequence[SceneObject],
    count: int,
    rng: np.random.Generator,
) -> list[str]:
    """Draw phrases for one scene, about half of them true of something visible.

    Held-out colour-noun pairs are never asked, so that they stay unseen as text too, nor are true
    ones by a synonym.

    Args:
        objects: All objects of the scene.
        visible: Those in view.
        count: Phrases wanted.
        rng: Source of randomness.
    """
    chosen: list[str] = []
    positives = count // 2 if visible else 0
    while len(chosen) < positives:
        item = visible[int(rng.integers(len(visible)))]
        phrase = _true_phrase(item, rng)
        chosen.append(phrase if phrase in trainable(item.phrases) else item.noun)
    while len(chosen) < count:
        phrase = (
            _near_miss(objects, rng)
            if objects and rng.random() < NEAR_MISS_SHARE
            else _random_phrase(rng)
        )
        if tuple(phrase.split(' ', 1)) not in HELD_OUT_PAIRS:
            chosen.append(phrase)
    return chosen


def _true_phrase(item: SceneObject, rng: np.random.Generator) -> str:
    draw = rng.random()
    if draw < 0.40 or (item.color is None and draw < 0.85):
        return item.noun
    if draw < 0.85 and item.color != item.noun:
        return f'{item.color} {item.noun}'
    options = sorted(item.phrases - {GENERIC})
    return GENERIC if rng.random() < 0.2 else options[rng.integers(len(options))]


def _near_miss(objects: Sequence[SceneObject], rng: np.random.Generator) -> str:
    """Right noun with another colour, a present colour with another noun, or a look-alike."""
    item = objects[int(rng.integers(len(objects)))]
    if rng.random() < LOOKALIKE_SHARE:
        similar = sorted({item.noun, *lookalikes(item.noun)} & set(NOUNS))
        noun = str(rng.choice(similar or NOUNS))
        by_color = item.color is not None and rng.random() < 0.3
        return f'{item.color} {noun}' if by_color else noun
    if item.color is None or rng.random() < 0.6:
        return f'{rng.choice(list(COLORS))} {item.noun}'
    return f'{item.color} {rng.choice(NOUNS)}'


def _random_phrase(rng: np.random.Generator) -> str:
    draw = rng.random()
    if draw < 0.08:
        return str(rng.choice(_WIDER))
    if draw < 0.14:
        return f'{rng.choice(list(COLORS))} {GENERIC}'
    noun = str(rng.choice(NOUNS))
    return noun if draw < 0.6 else f'{rng.choice(list(COLORS))} {noun}'
