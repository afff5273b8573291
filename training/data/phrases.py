"""Nouns and colors of the simulated tabletop that training may ask for."""

from __future__ import annotations

from efficientsam3_ros.simulation.vocabulary import (
    CLEAN_NOUNS,
    COLORS,
    GENERIC,
    HELD_OUT_NOUNS,
    HELD_OUT_PAIRS,
)

NOUNS = tuple(n.name for n in CLEAN_NOUNS if n.name not in HELD_OUT_NOUNS)
COLOR_NAMES = tuple(COLORS)


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
