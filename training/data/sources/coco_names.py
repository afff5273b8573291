"""What the categories of COCO and of the tools set mean in the words of a vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from training.data.asking import BACKDROP
from training.data.vocabulary import Vocabulary

SAME_HERE = {'cup': ('mug',)}
"""Categories that are true of more than their name says: COCO calls every mug a cup."""
NAMELESS_OBJECTS = frozenset({'gun', 'frisbee', 'baseball glove'})
"""Categories without a noun here that are objects all the same."""
UNDER = frozenset({'dining table', 'bed', 'couch', 'chair', 'bench', 'oven', 'sink'})
"""Categories that things lie on or in, and not under."""
WORKSHOP = frozenset(
    [
        'screwdriver',
        'wrench',
        'adjustable wrench',
        'pipe wrench',
        'hammer',
        'pliers',
        'cutting pliers',
        'needle nose pliers',
        'ratchet',
        'tape measure',
        'utility knife',
        'handsaw',
        'backsaw',
        'calipers',
        'power drill',
        'clamp',
        'padlock',
        'chain',
        'peg board',
        'toy brick',
        'toy airplane',
        'die',
        'cube',
        'brick',
    ]
)
"""Hardly on any picture of COCO."""
HOUSEHOLD = frozenset(
    [
        'mug',
        'cup',
        'bowl',
        'plate',
        'wine glass',
        'bottle',
        'wine bottle',
        'vase',
        'banana',
        'apple',
        'orange',
        'lemon',
        'strawberry',
        'pear',
        'bread',
        'cake',
        'pizza',
        'fork',
        'spoon',
        'teddy bear',
        'laptop',
        'keyboard',
        'mouse',
        'phone',
        'toothbrush',
        'clock',
        'potted plant',
        'pot',
        'pan',
        'pitcher',
        'egg',
        'donut',
        'sandwich',
        'tomato',
        'carrot',
        'broccoli',
        'cereal box',
        'milk carton',
        'soda can',
        'tuna can',
        'ball',
        'tennis ball',
        'sponge',
        'book',
        'remote',
    ]
)
"""Hardly on any picture of tools."""


def names_of(
    category: str, vocabulary: Vocabulary, same: Mapping[str, tuple[str, ...]] = SAME_HERE
) -> tuple[str, ...]:
    """Return the noun of a category and the other names that are true; none for other things.

    Args:
        category: Of a set.
        vocabulary: Of the run.
        same: Category to the others that are true of it in this set.
    """
    names = vocabulary.names_of(category)
    more = (name for other in same.get(category, ()) for name in vocabulary.names_of(other))
    return tuple(dict.fromkeys((*names, *more)))


def exhaustive_nouns(
    categories: Iterable[str],
    vocabulary: Vocabulary,
    same: Mapping[str, tuple[str, ...]] = SAME_HERE,
) -> frozenset[str]:
    """Return the nouns of which a set with these categories shows every instance.

    A wider noun is among them if all its kinds are categories. The arguments are those of
    ``names_of``.
    """
    known = {name for category in categories for name in names_of(category, vocabulary, same)}
    nouns = known.intersection(vocabulary.nouns)
    wide = {
        name for name in known.intersection(vocabulary.wider) if vocabulary.narrower(name) <= nouns
    }
    own = {vocabulary.canonical(category) for category in categories}
    own |= {other for c in categories for other in same.get(c, ())}
    return frozenset(wide | (nouns & own))


def is_object(category: str, vocabulary: Vocabulary) -> bool:
    """Tell whether it may lie on a table: no people, furniture, animals or vehicles."""
    names = names_of(category, vocabulary)
    return names[0] not in BACKDROP if names else category in NAMELESS_OBJECTS
