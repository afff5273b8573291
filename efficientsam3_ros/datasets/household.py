"""Nouns of homes, kitchens, offices and workshops: what a network for real tables is asked.

Here stands what people say. Synonyms name exactly the same concept, so the tokenizer reads them as
the noun; wider nouns are true of it and other things, and are words of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

from efficientsam3_ros.core import WordTokenizer
from efficientsam3_ros.core.text.wording import split_words
from efficientsam3_ros.simulation.vocabulary import COLORS, GENERIC

# noun | synonyms | wider nouns
_TABLE = """
can | tin, tin can |
soda can | soft drink can, pop can | can
soup can | food can | can
tuna can | | can
bottle | |
wine bottle | | bottle
soda bottle | soft drink bottle, pop bottle | bottle
sauce bottle | | bottle
mustard bottle | | bottle
soap bottle | | bottle
spray bottle | sprayer | bottle
bleach bottle | cleaner bottle, detergent bottle | bottle
jar | |
mug | coffee mug, tea mug |
cup | coffee cup, tea cup, teacup |
wine glass | wineglass |
bowl | |
plate | dish |
pot | cooking pot |
pan | frying pan, skillet |
pitcher | jug |
vase | flower vase |
carton | |
milk carton | | carton
juice carton | juice box | carton
box | |
cereal box | | box
cracker box | | box
tea box | | box
tissue box | box of tissues, kleenex box | box
pack of cards | deck of cards, card deck, card pack | box
tube | |
book | |
paper | sheet of paper, paper sheet, sheet |
sponge | |
fork | | cutlery
knife | table knife | cutlery
spoon | | cutlery
spatula | turner |
scissors | scissor, pair of scissors, shears |
marker | felt pen, felt tip pen, felt tip, marker pen |
pen | ballpoint, ballpoint pen, ball pen |
toothbrush | tooth brush |
banana | | fruit
apple | | fruit
orange | | fruit
lemon | | fruit
pear | | fruit
plum | | fruit
peach | | fruit
strawberry | | fruit
mango | | fruit
melon | | fruit
pineapple | | fruit
avocado | |
potato | | vegetable
carrot | | vegetable
cucumber | | vegetable
pepper | bell pepper | vegetable
broccoli | | vegetable
bread | loaf of bread, loaf |
egg | |
sandwich | |
pizza | |
cake | |
donut | doughnut |
hot dog | hotdog |
ball | sports ball, rubber ball |
baseball | | ball
softball | | ball
tennis ball | | ball
golf ball | | ball
soccer ball | football | ball
block | wooden block, wood block |
brick | foam brick |
toy brick | duplo brick, lego brick, building brick, lego | toy
toy airplane | toy plane, toy aeroplane | toy
cube | puzzle cube, rubik s cube, rubiks cube, magic cube |
die | dice |
peg board | pegboard | board
chain | |
padlock | lock |
teddy bear | teddy, stuffed bear | toy
screwdriver | screw driver | tool
wrench | spanner | tool
adjustable wrench | adjustable spanner, crescent wrench | wrench, tool
pipe wrench | gas wrench | wrench, tool
hammer | | tool
pliers | plier, pair of pliers | tool
cutting pliers | side cutter, wire cutter, diagonal pliers, diagonal cutter | pliers, tool
needle nose pliers | needlenose pliers, long nose pliers | pliers, tool
ratchet | ratchet wrench, socket wrench | tool
tape measure | measuring tape, measure tape | tool
utility knife | box cutter, cutter knife, stanley knife | knife, tool
handsaw | hand saw | saw, tool
backsaw | back saw | saw, tool
calipers | caliper, vernier caliper, callipers | tool
power drill | drill, electric drill, cordless drill, drilling machine | tool
clamp | bar clamp, spring clamp | tool
laptop | laptop computer, notebook computer |
mouse | computer mouse, mice |
keyboard | computer keyboard |
remote | remote control, tv remote |
phone | cell phone, cellphone, mobile phone, mobile, smartphone, smart phone |
tv | television, monitor, computer monitor, television set |
clock | wall clock, alarm clock |
hair dryer | hair drier, hairdryer, hairdrier |
toaster | |
microwave | microwave oven |
oven | |
refrigerator | fridge |
sink | washbasin, wash basin |
toilet | |
potted plant | pot plant, houseplant | plant
backpack | rucksack | bag
handbag | purse | bag
suitcase | | bag
umbrella | |
chair | |
couch | sofa |
bed | |
table | dining table |
person | people, human |
hand | |
cat | |
dog | |
"""


@dataclass(frozen=True)
class Concept:
    """One kind of thing.

    Attributes:
        noun: What it is called.
        same: Phrases of exactly the same meaning.
        wider: Nouns that are true of it and of other things.
    """

    noun: str
    same: tuple[str, ...]
    wider: tuple[str, ...]


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(',') if part.strip())


def _read_table() -> tuple[Concept, ...]:
    rows = (line.split('|') for line in _TABLE.strip().splitlines())
    return tuple(Concept(noun.strip(), _parts(same), _parts(wider)) for noun, same, wider in rows)


CONCEPTS = _read_table()
NOUNS = tuple(concept.noun for concept in CONCEPTS)
WIDER_NOUNS = tuple(
    sorted({wide for concept in CONCEPTS for wide in concept.wider}.difference(NOUNS))
)
"""Wider nouns that are the name of no concept."""
SYNONYMS = {same: concept.noun for concept in CONCEPTS for same in concept.same}
"""Phrase to the noun of the same meaning, as manifests take it."""
WORDS = tuple(sorted({*' '.join((*NOUNS, *WIDER_NOUNS)).split(), *COLORS, GENERIC}))
"""Every word of a noun, the colors, and the word for any object."""

_TOKENIZER = WordTokenizer(WORDS, 16, SYNONYMS)


def canonical(phrase: str) -> str | None:
    """Return a phrase in the words of this vocabulary; None if it holds any other word."""
    if not split_words(phrase) or _TOKENIZER.unknown_words(phrase):
        return None
    return ' '.join(_TOKENIZER.read_as(phrase))
