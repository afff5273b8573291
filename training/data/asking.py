"""Which phrases to ask of pictures of any source, and where the answer is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.simulation.vocabulary import COLORS, GENERIC, HELD_OUT_PAIRS
from training.data.lookalikes import MAY_BE, lookalikes
from training.data.phrases import trainable
from training.data.picture import Thing, TrainingPicture
from training.data.vocabulary import Vocabulary, split_color

GENERIC_SHARE = 0.15
COLOR_SHARE = 0.4
WIDER_SHARE = 0.15
RARE_SHARE = 0.35
BACKDROP_WEIGHT = 0.2
"""How often people and furniture are asked, beside things."""
BACKDROP = frozenset(
    {'person', 'hand', 'chair', 'couch', 'bed', 'table', 'toilet', 'cat', 'dog', 'refrigerator'}
    | {'oven', 'sink', 'microwave', 'tv', 'umbrella', 'backpack', 'handbag', 'suitcase'}
)
_TRIES = 12


@dataclass(frozen=True)
class NearMisses:
    """How many phrases without an answer are close to what is there; the others are any noun.

    Attributes:
        lookalikes: Share that names what a thing in view is easily taken for.
        wrong_colors: Share with a noun in view and any color, or a color in view and any noun.
        lookalike_colors: Of the lookalikes, those with the color of the thing in view.
        generic_colors: Of the nouns in view with any color, those that say "object".
    """

    lookalikes: float = 0.35
    wrong_colors: float = 0.35
    lookalike_colors: float = 0.0
    generic_colors: float = 0.0


@dataclass(frozen=True)
class Asker:
    """Draws phrases.

    Attributes:
        vocabulary: Of the run.
        near: Of the phrases that nothing answers.
        colors: That are asked for.
    """

    vocabulary: Vocabulary
    near: NearMisses = NearMisses()
    colors: tuple[str, ...] = tuple(COLORS)

    def truth(self, phrase: str, thing: Thing, picture: TrainingPicture) -> bool | None:
        """Tell whether a phrase is true of a thing of a picture; None if nobody knows."""
        if phrase in thing.phrases:
            return True
        color, noun = split_color(phrase)
        if noun in thing.phrases:
            return False if color is None or thing.colored else None
        if not thing.named:
            return None
        if noun in picture.exhaustive or thing.noun is None:
            return False
        kinds = self.vocabulary.names_of(noun), self.vocabulary.names_of(thing.noun)
        unsure = thing.noun in (*kinds[0], *MAY_BE.get(noun, ())) or noun in kinds[1]
        return None if unsure else False

    def ask(
        self,
        pictures: Sequence[TrainingPicture],
        visible: Sequence[Thing],
        count: int,
        rng: np.random.Generator,
    ) -> list[str]:
        """Draw phrases for pictures that show the same things, half of them true if possible.

        Args:
            pictures: Views of one scene, or one picture.
            visible: Things in view.
            count: Phrases wanted.
            rng: Source of randomness.
        """
        first = pictures[0]
        chosen: list[str] = []
        askable = [t for t in visible if any(first.knows(p) for p in t.phrases)]
        for _ in range(_TRIES * count):
            if not askable or len(chosen) >= count // 2:
                break
            phrase = self._true(askable, first, rng)
            if phrase is not None and phrase not in chosen:
                chosen.append(phrase)
        for _ in range(_TRIES * count):
            if len(chosen) >= count:
                break
            phrase = self._absent(first, visible, rng)
            if phrase is not None and phrase not in chosen and self._fits(phrase, pictures):
                chosen.append(phrase)
        while len(chosen) < count:
            chosen.append(chosen[-1] if chosen else GENERIC)
        return chosen

    def _true(
        self, things: Sequence[Thing], picture: TrainingPicture, rng: np.random.Generator
    ) -> str | None:
        """Draw a kind of thing, whatever its number, then something that is true of it."""
        kinds: dict[str | None, list[Thing]] = {}
        for thing in things:
            kinds.setdefault(thing.noun, []).append(thing)
        weights = np.array([BACKDROP_WEIGHT if kind in BACKDROP else 1.0 for kind in kinds])
        kind = list(kinds)[rng.choice(len(kinds), p=weights / weights.sum())]
        thing = kinds[kind][rng.integers(len(kinds[kind]))]
        names = [n for n in thing.phrases if split_color(n)[0] is None and picture.knows(n)]
        own = thing.noun if thing.noun in names else None
        wider = sorted(n for n in names if n not in (own, GENERIC))
        draw = rng.random()
        noun = own
        if GENERIC in names and (draw < GENERIC_SHARE or not (own or wider)):
            noun = GENERIC
        elif wider and (draw > 1 - WIDER_SHARE or own is None):
            noun = wider[rng.integers(len(wider))]
        if noun is None:
            return None
        spoken = trainable(thing.phrases)
        colors = sorted(c for c in self.colors if f'{c} {noun}' in spoken)
        if colors and rng.random() < COLOR_SHARE:
            return self._allowed(f'{colors[rng.integers(len(colors))]} {noun}')
        return noun

    def _absent(
        self, picture: TrainingPicture, visible: Sequence[Thing], rng: np.random.Generator
    ) -> str | None:
        """Draw a phrase that is close to what is there, or any that can be answered."""
        thing = visible[int(rng.integers(len(visible)))] if visible else None
        near, draw = self.near, rng.random()
        if thing is not None and thing.noun is not None:
            options = [n for n in lookalikes(thing.noun) if self._askable(n, picture)]
            if options and draw < near.lookalikes:
                other = options[rng.integers(len(options))]
                by_color = thing.color is not None and _chance(near.lookalike_colors, rng)
                return self._allowed(f'{thing.color} {other}') if by_color else other
            if thing.colored and draw < near.lookalikes + near.wrong_colors:
                return self._recolored(thing, picture, rng)
        known = picture.exhaustive - {GENERIC}
        rare = not known or rng.random() < RARE_SHARE
        noun = _one_of(picture.rare if rare and picture.rare else known, rng)
        if noun is not None and rng.random() < 0.25:
            return self._allowed(f'{self.colors[rng.integers(len(self.colors))]} {noun}')
        return noun

    def _recolored(
        self, thing: Thing, picture: TrainingPicture, rng: np.random.Generator
    ) -> str | None:
        """Draw the thing's noun in any color, or its color with any noun."""
        color = self.colors[rng.integers(len(self.colors))]
        if thing.color is None or rng.random() < 0.7:
            noun = GENERIC if _chance(self.near.generic_colors, rng) else thing.noun
            return self._allowed(f'{color} {noun}')
        noun = _one_of(picture.exhaustive or picture.rare, rng)
        return None if noun is None else self._allowed(f'{thing.color} {noun}')

    def _askable(self, noun: str, picture: TrainingPicture) -> bool:
        return noun in picture.exhaustive or noun in picture.rare

    def _allowed(self, phrase: str) -> str | None:
        """Pairs that are held out stay unseen as text, too; "orange orange" is said by nobody."""
        pair = split_color(phrase)
        return None if pair in HELD_OUT_PAIRS or pair[0] == pair[1] else phrase

    def _fits(self, phrase: str, pictures: Sequence[TrainingPicture]) -> bool:
        """Tell whether a phrase is true of nothing on some pictures.

        Of things without a name nobody knows; there the answer is ignored.
        """
        pairs = ((t, self.truth(phrase, t, p)) for p in pictures for t in p.things)
        return all(answer is False or (answer is None and not t.named) for t, answer in pairs)


def _chance(share: float, rng: np.random.Generator) -> bool:
    # A share of nothing draws nothing, so that it leaves the other draws as they are.
    return share > 0 and rng.random() < share


def _one_of(nouns: frozenset[str], rng: np.random.Generator) -> str | None:
    # Sets have no order that two processes would share.
    return sorted(nouns)[rng.integers(len(nouns))] if nouns else None
