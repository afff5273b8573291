"""Which phrases to ask of a scene: true ones, and near misses that teach the difference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from efficientsam3_ros.simulation import SceneObject
from efficientsam3_ros.simulation.vocabulary import (
    CLEAN_NOUNS,
    COLORS,
    GENERIC,
    HELD_OUT_NOUNS,
    HELD_OUT_PAIRS,
)

NOUNS = tuple(n.name for n in CLEAN_NOUNS if n.name not in HELD_OUT_NOUNS)
COLOR_NAMES = tuple(COLORS)
LOOKALIKES = (
    ('box', 'carton', 'block', 'brick', 'sponge', 'bread'),
    ('fork', 'knife', 'spoon', 'marker', 'screwdriver', 'wrench'),
    ('wrench', 'clamp', 'hammer', 'screwdriver', 'scissors', 'power drill'),
    ('ball', 'baseball', 'tennis ball', 'egg', 'orange', 'apple', 'plum', 'lemon', 'strawberry'),
    ('mug', 'cup', 'can', 'pitcher'),
    ('bottle', 'bleach bottle', 'pitcher', 'can', 'carton'),
    ('bowl', 'plate', 'cup'),
    ('banana', 'lemon', 'knife'),
)
"""Nouns that are easily taken for each other; asked for where only the other one lies."""

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


def trainable(spoken: frozenset[str]) -> frozenset[str]:
    """Return the phrases of an object that training may ask for.

    In packs with synonyms a green mug is a held-out "green cup", too. The color of such an object
    is told of "green object" alone, or the pair would be learnt under its other name.

    Args:
        spoken: Every phrase that is true of it.
    """
    pairs = {tuple(phrase.split(' ', 1)) for phrase in spoken}
    colors = {pair[0] for pair in pairs & HELD_OUT_PAIRS}
    return frozenset(
        phrase
        for phrase in spoken
        if (color := phrase.split(' ', 1)[0]) not in colors or phrase == f'{color} {GENERIC}'
    )


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
        similar = sorted({n for group in LOOKALIKES if item.noun in group for n in group})
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
