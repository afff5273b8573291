"""Every kind of thing of the pack: its names, colors and maker."""

from __future__ import annotations

from dataclasses import dataclass

from efficientsam3_ros.simulation.prints.things import (
    bottles,
    boxes,
    cans,
    cookware,
    household,
    jars,
    tableware,
    tools,
)  # fmt: skip
from efficientsam3_ros.simulation.prints.things.parts import Maker
from efficientsam3_ros.simulation.vocabulary import Noun


@dataclass(frozen=True)
class Kind:
    """What it is called, and how one is made."""

    noun: Noun
    make: Maker


def _kind(name: str, make: Maker, colors: str, *also: str, rolls: bool = False) -> Kind:
    shape = f'printed/{name.replace(" ", "_")}'
    return Kind(Noun(name, shape, tuple(colors.split()), also, rolls=rolls), make)


_LABEL = 'red green blue yellow orange white black purple'

KINDS: tuple[Kind, ...] = (
    _kind('can', cans.soup_can, _LABEL, 'tin'),
    _kind('soda can', cans.soda_can, _LABEL + ' silver', 'can', 'tin'),
    _kind('tuna can', cans.tin, 'red green blue yellow orange white', 'can', 'tin'),
    _kind('cereal box', boxes.cereal_box, _LABEL + ' brown', 'box', 'carton'),
    _kind('box', boxes.cracker_box, _LABEL + ' brown pink', 'carton'),
    _kind('tea box', boxes.tea_box, 'red green blue yellow orange purple black', 'box', 'carton'),
    _kind('tissue box', boxes.tissue_box, 'blue green pink white purple yellow', 'box', 'carton'),
    _kind('pack of cards', boxes.card_pack, 'red blue black green', 'box'),
    _kind('milk carton', boxes.milk_carton, 'white blue green red orange yellow', 'carton', 'box'),
    _kind('wine bottle', bottles.wine_bottle, 'green brown black', 'bottle'),
    _kind('soda bottle', bottles.soda_bottle, 'brown orange green red yellow', 'bottle'),
    _kind('sauce bottle', bottles.sauce_bottle, 'red yellow brown green', 'bottle'),
    _kind('soap bottle', bottles.soap_bottle, 'green yellow blue orange pink white purple',
          'bottle'),
    _kind('spray bottle', bottles.spray_bottle, 'white blue green yellow pink', 'bottle'),
    _kind('jar', jars.jar, 'red orange yellow brown green purple'),
    _kind('mug', tableware.mug, 'red blue green yellow white black orange pink brown', 'cup'),
    _kind('cup', tableware.cup, 'red blue green yellow white black orange pink', 'mug'),
    _kind('bowl', tableware.bowl, 'red blue green yellow white black orange pink'),
    _kind('plate', tableware.plate, 'white blue green red yellow black pink'),
    _kind('pot', cookware.pot, 'silver red blue green black white', 'cooking pot'),
    _kind('pan', cookware.pan, 'black red silver green', 'frying pan'),
    _kind('book', household.book, 'red blue green black brown white yellow purple orange'),
    _kind('tube', household.care_tube, 'white blue green red yellow pink'),
    _kind('sponge', household.sponge, 'yellow pink blue orange white'),
    _kind('ball', household.ball, 'red blue green yellow orange pink', rolls=True),
    _kind('marker', tools.marker, 'black blue red green orange purple'),
    _kind('pen', tools.pen, 'black blue red green white'),
    _kind('screwdriver', tools.screwdriver, 'red yellow blue green orange black', 'tool'),
)  # fmt: skip
