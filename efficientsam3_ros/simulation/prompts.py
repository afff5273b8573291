"""Chooses what to ask for in a simulated clip: concepts that are there, and one that is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from efficientsam3_ros.simulation.scene.scene import SceneObject
from efficientsam3_ros.simulation.tabletop import Observation
from efficientsam3_ros.simulation.vocabulary import (
    CLEAN_NOUNS,
    HELD_OUT_NOUNS,
    HELD_OUT_PAIRS,
    Noun,
)

GOOD_PART = 0.4
_MIN_AREA = 0.001
"""Share of the image below which an object does not count as visible."""


def suggest_prompts(
    objects: Sequence[SceneObject],
    observations: Iterable[Observation],
    seed: int,
    positives: int = 2,
    nouns: Sequence[Noun] = CLEAN_NOUNS,
) -> tuple[str, ...]:
    """Choose the phrases of an evaluation, the same ones for the same seed.

    Concepts which the split holds out come first, as they are what such a scene is for. The last
    one has no object; for every second seed it is a noun of the scene in a colour which it does
    not have there.

    Args:
        objects: Objects of the scene.
        observations: All frames of the clip.
        seed: Seed of the choice.
        positives: Concepts with an object that is visible in a good part of the clip.
        nouns: Of which the absent concept is chosen.

    Returns:
        Positives first; fewer when the scene does not offer enough.
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, 0x5EED]))
    shares = _visible_share(observations)
    return (*_positives(objects, shares, rng, positives), *_absent(objects, seed, rng, nouns))


def _visible_share(observations: Iterable[Observation]) -> dict[int, float]:
    frames = [frame.visible(_MIN_AREA) for frame in observations]
    seen = {i for frame in frames for i in frame}
    return {i: sum(i in frame for frame in frames) / len(frames) for i in seen}


def _positives(
    objects: Sequence[SceneObject],
    shares: dict[int, float],
    rng: np.random.Generator,
    count: int,
) -> list[str]:
    often = [item for item in objects if shares.get(item.id, 0) >= GOOD_PART]
    ranked = [often[i] for i in rng.permutation(len(often))]
    ranked.sort(key=lambda item: not _held_out(item))
    chosen: dict[str, str] = {}
    for item in ranked:
        if len(chosen) < count and item.noun not in chosen:
            colored = f'{item.color} {item.noun}'
            by_color = (item.color, item.noun) in HELD_OUT_PAIRS or rng.random() < 0.6
            chosen[item.noun] = colored if by_color and colored in item.phrases else item.noun
    return list(chosen.values())


def _held_out(item: SceneObject) -> bool:
    return item.noun in HELD_OUT_NOUNS or (item.color, item.noun) in HELD_OUT_PAIRS


def _absent(
    objects: Sequence[SceneObject], seed: int, rng: np.random.Generator, nouns: Sequence[Noun]
) -> list[str]:
    true = frozenset().union(*(item.phrases for item in objects))
    present = {item.noun for item in objects}
    known = [n for n in nouns if n.name not in HELD_OUT_NOUNS]
    # Several patterned kinds may share a noun, each with its colors.
    variants = Counter(name for name, _ in {(n.name, c) for n in known for c in n.colors})
    colored = [(c, n.name) for n in known if variants[n.name] > 1 for c in n.colors]
    hard = [f'{c} {n}' for c, n in colored if n in present and (c, n) not in HELD_OUT_PAIRS]
    easy = [n.name for n in known if n.name not in present]
    pools = (hard, easy) if seed % 2 == 0 else (easy, hard)
    usable = [[p for p in pool if p not in true] for pool in pools]
    pool = usable[0] or usable[1]
    return [pool[rng.integers(len(pool))]] if pool else []
