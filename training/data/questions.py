"""Questions about one picture whose answers are wholly known, about half of them "nothing"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from training.data.asking import Asker
from training.data.picture import Thing, TrainingPicture

_TRIES = 4
"""Questions drawn for each one wanted: some have no known answer."""


def questions(
    picture: TrainingPicture, asker: Asker, phrases: int, rng: np.random.Generator
) -> dict[str, tuple[Thing, ...]]:
    """Draw phrases whose answer is wholly known, with the things in view that they are true of.

    Args:
        picture: The picture.
        asker: Draws phrases.
        phrases: How many are wanted.
        rng: Source of randomness.
    """
    shown = set(np.unique(picture.ids).tolist()) - {0}
    visible = [thing for thing in picture.things if thing.number in shown]
    answers: dict[str, tuple[Thing, ...]] = {}
    for phrase in asker.ask([picture], visible, _TRIES * phrases, rng):
        if phrase not in answers and _is_known(phrase, picture, asker):
            true = tuple(t for t in visible if asker.truth(phrase, t, picture))
            answers[phrase] = true
    return _balanced(answers, phrases)


def _is_known(phrase: str, picture: TrainingPicture, asker: Asker) -> bool:
    """Tell whether no pixel leaves the answer open."""
    if any(region.concerns(phrase) and region.mask.any() for region in picture.regions):
        return False
    told = [asker.truth(phrase, thing, picture) for thing in picture.things]
    masked = (thing.number > 0 for thing in picture.things)
    return None not in told and all(mask or not true for mask, true in zip(masked, told))


def _balanced(answers: dict[str, tuple[Thing, ...]], phrases: int) -> dict[str, tuple[Thing, ...]]:
    """Keep at most so many, in the order drawn, half of them of things in view if possible."""
    there = [phrase for phrase, things in answers.items() if things]
    absent = [phrase for phrase, things in answers.items() if not things]
    some = there[: max(phrases // 2, phrases - len(absent))]
    kept: Sequence[str] = [*some, *absent[: phrases - len(some)]]
    return {phrase: answers[phrase] for phrase in kept}
