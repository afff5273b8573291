"""Which objects lie on the table: distractor pairs first, then what the split asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.simulation.vocabulary import Noun, allowed, wanted

LOOKALIKE_PROBABILITY = 0.2
WANTED_OBJECTS = 4


@dataclass(frozen=True)
class Choice:
    """One object to be put on the table: its kind and its colour."""

    noun: Noun
    color: str


def choose(
    rng: np.random.Generator, nouns: tuple[Noun, ...], split: str, count: int
) -> list[Choice]:
    """Choose the objects of a scene.

    A third of the nouns (at least three) come in two colours, sometimes as identical twins, so
    that a colour in a phrase decides something.

    Args:
        rng: Source of randomness.
        nouns: Kinds of the pack.
        split: One of ``vocabulary.SPLITS``.
        count: Number of objects.

    Returns:
        ``count`` choices in random order.
    """
    # A pack without any held-out concept gives the plain scene in every split.
    special = [Choice(n, c) for n in nouns for c in wanted(n, split)]
    order = rng.permutation(len(special))[: min(WANTED_OBJECTS, count)]
    chosen = [special[i] for i in order]
    usable = [n for n in nouns if allowed(n, split)]
    for index in rng.permutation(len(usable))[: max(3, count // 3)]:
        chosen += _variants(rng, usable[index], allowed(usable[index], split))
    while len(chosen) < count:
        noun = usable[rng.integers(len(usable))]
        chosen.append(Choice(noun, str(rng.choice(allowed(noun, split)))))
    chosen = chosen[:count]
    return [chosen[i] for i in rng.permutation(len(chosen))]


def _variants(rng: np.random.Generator, noun: Noun, colors: tuple[str, ...]) -> list[Choice]:
    first = str(rng.choice(colors))
    others = [c for c in colors if c != first]
    if not others or rng.random() < LOOKALIKE_PROBABILITY:
        return [Choice(noun, first)] * int(rng.integers(1, 3))
    return [Choice(noun, first), Choice(noun, str(rng.choice(others)))]
