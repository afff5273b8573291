"""Nouns that are easily taken for each other; asked for where only another one lies."""

from __future__ import annotations

GROUPS: tuple[tuple[str, ...], ...] = (
    ('box', 'book', 'carton', 'block', 'brick', 'sponge', 'bread', 'cereal box', 'tissue box'),
    ('box', 'paper', 'book', 'laptop', 'suitcase'),
    ('can', 'cup', 'mug', 'jar', 'bottle', 'soda can', 'tuna can', 'soup can'),
    ('bottle', 'jar', 'vase', 'pitcher', 'can', 'carton', 'spray bottle', 'soap bottle', 'tube'),
    ('wine bottle', 'soda bottle', 'sauce bottle', 'mustard bottle', 'bleach bottle', 'jar'),
    ('bowl', 'plate', 'pan', 'pot', 'cup', 'sink', 'potted plant'),
    ('mug', 'cup', 'pitcher', 'can', 'pot', 'bowl', 'wine glass', 'vase'),
    ('wine glass', 'vase', 'cup', 'bottle', 'jar'),
    ('fork', 'knife', 'spoon', 'spatula', 'toothbrush', 'marker', 'pen'),
    ('knife', 'scissors', 'utility knife', 'screwdriver', 'handsaw', 'banana'),
    ('screwdriver', 'wrench', 'marker', 'pen', 'toothbrush', 'knife', 'ratchet', 'hammer'),
    ('wrench', 'pliers', 'ratchet', 'clamp', 'hammer', 'spatula', 'calipers'),
    ('adjustable wrench', 'pipe wrench', 'pliers', 'ratchet', 'hammer'),
    ('pliers', 'scissors', 'cutting pliers', 'needle nose pliers', 'clamp'),
    ('power drill', 'hammer', 'hair dryer', 'spray bottle'),
    ('tape measure', 'padlock', 'clock', 'mouse', 'cube'),
    ('remote', 'phone', 'mouse', 'keyboard', 'calipers'),
    ('laptop', 'keyboard', 'tv', 'book', 'phone'),
    ('apple', 'orange', 'peach', 'plum', 'ball', 'pear', 'mango'),
    ('lemon', 'orange', 'banana', 'egg', 'potato', 'tennis ball', 'avocado'),
    ('banana', 'carrot', 'cucumber', 'hot dog', 'lemon'),
    ('ball', 'baseball', 'tennis ball', 'softball', 'golf ball', 'soccer ball', 'orange'),
    ('strawberry', 'pepper', 'apple', 'plum'),
    ('block', 'brick', 'toy brick', 'cube', 'die', 'sponge'),
    ('cake', 'bread', 'sandwich', 'donut', 'pizza', 'hot dog'),
    ('broccoli', 'potted plant', 'cucumber', 'pineapple'),
    ('backpack', 'handbag', 'suitcase', 'bag', 'umbrella'),
    ('chair', 'couch', 'bed', 'table', 'toilet'),
    ('oven', 'microwave', 'refrigerator', 'toaster', 'sink', 'tv'),
    ('person', 'teddy bear', 'dog', 'cat', 'hand'),
)

MAY_BE: dict[str, tuple[str, ...]] = {
    'jar': ('bottle', 'cup'),
    'vase': ('bottle', 'jar', 'pitcher'),
    'mug': ('cup',),
    'cup': ('mug', 'wine glass'),
    'carton': ('box',),
    'box': ('carton',),
    'pot': ('pan', 'potted plant', 'bowl'),
    'pan': ('pot',),
    'plate': ('bowl',),
    'bowl': ('plate', 'cup'),
    'pitcher': ('vase', 'jar'),
    'marker': ('pen',),
    'pen': ('marker',),
    'block': ('box', 'brick', 'cube'),
    'tube': ('bottle',),
    'paper': ('book', 'box'),
    'spatula': ('spoon', 'pan'),
}
"""Noun to the nouns of things that some people call so, too: such a thing neither shows the noun
nor that it is absent, unless its source is exhaustive for the noun."""


def lookalikes(noun: str) -> tuple[str, ...]:
    """Return the other nouns of the groups that a noun is in."""
    return tuple(
        dict.fromkeys(
            other for group in GROUPS if noun in group for other in group if other != noun
        )
    )
