"""What the simulated objects are called: nouns, colours, splits and phrases.

A phrase matches an object by set inclusion: every word group of the phrase (a colour, a noun) must
be in the object's set. So "ball" matches a baseball and "red object" matches any red thing.
"""

from __future__ import annotations

from dataclasses import dataclass

SPLITS = ('train', 'unseen_pairs', 'unseen_nouns')

COLORS: dict[str, tuple[float, float, float]] = {
    'red': (0.75, 0.08, 0.08),
    'green': (0.1, 0.5, 0.15),
    'blue': (0.1, 0.2, 0.7),
    'yellow': (0.9, 0.75, 0.1),
    'orange': (0.95, 0.45, 0.05),
    'white': (0.9, 0.9, 0.88),
    'black': (0.06, 0.06, 0.07),
    'pink': (0.9, 0.45, 0.6),
    'purple': (0.4, 0.15, 0.55),
    'brown': (0.35, 0.2, 0.1),
    'silver': (0.7, 0.7, 0.72),
    'lime': (0.75, 0.9, 0.15),
}


@dataclass(frozen=True)
class Noun:
    """One kind of object.

    Attributes:
        name: The noun, as spoken.
        shape: Key of its shape in the pack.
        colors: Colours it may take.
        also: Synonyms and wider nouns that are true of it.
        patterned: Whether it brings its own picture, of which all ``colors`` are true at once.
        rolls: Whether it is round, so that it needs rolling friction to stay where it lies.
    """

    name: str
    shape: str
    colors: tuple[str, ...]
    also: tuple[str, ...] = ()
    patterned: bool = False
    rolls: bool = False

    def __post_init__(self) -> None:
        unknown = set(self.colors) - set(COLORS)
        if unknown or not self.colors:
            raise ValueError(f'Noun {self.name!r} needs colours of COLOURS, got {self.colors}.')


_ROUND_SHAPES = frozenset(
    {'ball', 'egg', '013_apple', '014_lemon', '017_orange', '018_plum', '055_baseball'}
    | {'056_tennis_ball', '012_strawberry', '016_pear'}
)


def _noun(name: str, shape: str, colors: str, *also: str) -> Noun:
    return Noun(name, shape, tuple(colors.split()), also, rolls=shape in _ROUND_SHAPES)


CLEAN_NOUNS: tuple[Noun, ...] = (
    _noun('banana', '011_banana', 'yellow', 'fruit'),
    _noun('strawberry', '012_strawberry', 'red', 'fruit'),
    _noun('apple', '013_apple', 'red green', 'fruit'),
    _noun('lemon', '014_lemon', 'yellow', 'fruit'),
    _noun('pear', '016_pear', 'green', 'fruit'),
    _noun('orange', '017_orange', 'orange', 'fruit'),
    _noun('plum', '018_plum', 'purple', 'fruit'),
    _noun('pitcher', '019_pitcher_base', 'blue white red green yellow orange'),
    _noun('bleach bottle', '021_bleach_cleanser', 'white blue yellow green', 'bottle'),
    _noun('bowl', '024_bowl', 'red blue white green yellow orange pink black purple'),
    _noun('mug', '025_mug', 'red yellow blue green white black orange pink'),
    _noun('sponge', '026_sponge', 'yellow pink blue green orange white'),
    _noun('plate', '029_plate', 'red blue white yellow green black pink'),
    _noun('spatula', '033_spatula', 'black red blue green orange'),
    _noun('power drill', '035_power_drill', 'orange yellow red blue green black', 'tool'),
    _noun('scissors', '037_scissors', 'orange blue red green black yellow purple'),
    _noun('padlock', '038_padlock', 'silver black red blue'),
    _noun('marker', '040_large_marker', 'black blue red green purple orange'),
    _noun('wrench', '042_adjustable_wrench', 'silver black red blue', 'tool'),
    _noun('screwdriver', '043_phillips_screwdriver', 'red yellow blue green orange black', 'tool'),
    _noun('hammer', '048_hammer', 'brown red black blue yellow orange', 'tool'),
    _noun('clamp', '050_medium_clamp', 'black red blue orange yellow', 'tool'),
    _noun('baseball', '055_baseball', 'white', 'ball'),
    _noun('tennis ball', '056_tennis_ball', 'lime', 'ball'),
    _noun('brick', '061_foam_brick', 'red brown orange'),
    _noun('cup', '065-f_cups', 'blue orange green red yellow pink purple white'),
    _noun('fork', '030_fork', 'silver black blue', 'cutlery'),
    _noun('spoon', '031_spoon', 'silver black blue', 'cutlery'),
    _noun('knife', '032_knife', 'silver black blue', 'cutlery'),
    _noun('bottle', 'bottle', 'green blue white brown red'),
    _noun('bread', 'bread', 'brown'),
    _noun('can', 'can', 'red blue green yellow white black'),
    _noun('box', 'cereal', 'red blue green yellow orange white purple'),
    _noun('carton', 'milk', 'white red blue green yellow'),
    _noun('block', 'block', 'red green blue yellow white black pink purple brown'),
    _noun('ball', 'ball', 'red blue pink black green yellow'),
    _noun('egg', 'egg', 'white brown pink blue'),
)  # fmt: skip

PRIMITIVE_NOUNS: tuple[Noun, ...] = (
    *CLEAN_NOUNS[-3:],  # block, ball and egg
    _noun('cylinder', 'cylinder', 'red green blue yellow orange silver'),
    _noun('stick', 'stick', 'brown red green blue white'),
)

HELD_OUT_PAIRS: frozenset[tuple[str, str]] = frozenset(
    {
        ('blue', 'mug'),
        ('red', 'bowl'),
        ('green', 'cup'),
        ('yellow', 'power drill'),
        ('white', 'sponge'),
        ('red', 'scissors'),
        ('purple', 'block'),
        ('yellow', 'plate'),
    }
)
HELD_OUT_NOUNS: frozenset[str] = frozenset({'padlock', 'spatula', 'pear'})
GENERIC = 'object'


_SPOKEN = [name for noun in (*CLEAN_NOUNS, *PRIMITIVE_NOUNS) for name in (noun.name, *noun.also)]
ALL_WORDS = tuple(sorted({*' '.join(_SPOKEN).split(), *COLORS, GENERIC}))
"""Every word that a phrase of this module may hold."""


def phrases(noun: str, color: str | None, also: tuple[str, ...] | None = None) -> frozenset[str]:
    """Return every phrase that is true of an object.

    Args:
        noun: Its noun, for example "mug".
        color: Its colour, or None when it is called by nouns only.
        also: Wider nouns that are true of it; by default those of the vocabulary.

    Returns:
        Noun, "colour noun" and the same with the wider nouns and "object"; the colour is dropped
        where it repeats the noun ("orange", not "orange orange").
    """
    if also is None:
        also = next((n.also for n in (*CLEAN_NOUNS, *PRIMITIVE_NOUNS) if n.name == noun), ())
    names = (noun, *also, GENERIC)
    colored = () if color is None else (f'{color} {name}' for name in names if name != color)
    return frozenset((*names, *colored))


def allowed(noun: Noun, split: str) -> tuple[str, ...]:
    """Return the colours in which ``noun`` may appear in a split, empty when it may not.

    Raises:
        ValueError: If the split is unknown.
    """
    if split not in SPLITS:
        raise ValueError(f'Split must be one of {SPLITS}, got {split!r}.')
    if noun.name in HELD_OUT_NOUNS:
        return noun.colors if split == 'unseen_nouns' else ()
    if split == 'unseen_pairs':
        return noun.colors
    if noun.patterned and any((c, noun.name) in HELD_OUT_PAIRS for c in noun.colors):
        return ()
    return tuple(c for c in noun.colors if (c, noun.name) not in HELD_OUT_PAIRS)


def wanted(noun: Noun, split: str) -> tuple[str, ...]:
    """Return the colours of ``noun`` that make the split what it is, empty in 'train'."""
    if split == 'unseen_nouns':
        return noun.colors if noun.name in HELD_OUT_NOUNS else ()
    if split == 'unseen_pairs':
        return tuple(c for c in noun.colors if (c, noun.name) in HELD_OUT_PAIRS)
    return ()
