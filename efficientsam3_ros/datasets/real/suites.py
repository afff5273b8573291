"""The suites of real pictures, as data.

A change of what is asked, or of how it is scored, needs another name.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from efficientsam3_ros.datasets.real.asked import Asked
from efficientsam3_ros.datasets.real.pan_suite import PanSuite
from efficientsam3_ros.datasets.real.picture_suite import Layout, PictureSuite, RealSuite
from efficientsam3_ros.datasets.stills.coco import CocoPictures
from efficientsam3_ros.datasets.stills.frame_set import FrameSet
from efficientsam3_ros.datasets.stills.rgbd import NAMES_FILE, RgbdScenes

_IMAGES, _INSTANCES = 'images', 'instances_val.json'

TABLETOP_CORRECTIONS: Mapping[str, Mapping[int, str]] = {}
"""Scene to object id to noun. All 45 scenes were looked at with their outlines before anything was
measured on them: every name fits. The plain gray cuboid of learn30 stays a block, not a box."""


def _coco(folder: Path) -> FrameSet:
    return CocoPictures(folder / _IMAGES, folder / _INSTANCES)


def _coco_layout(folder: str) -> Layout:
    words = f"{_IMAGES}/ and {_INSTANCES} in COCO's form"
    return Layout(folder, (_IMAGES, _INSTANCES), words, _coco)


_TABLETOP = PictureSuite(
    name='real-tabletop',
    about='things on a real table, seen by a depth camera',
    concepts=(
        Asked.of('box'),
        Asked.of('can'),
        Asked.of('mug'),
        Asked.of('bowl'),
        Asked.of('pot'),
    ),
    layout=Layout(
        'mosd',
        (NAMES_FILE,),
        f'{NAMES_FILE} and scenes of NAME_rgb.jpg, NAME_inst.png and NAME_depth.png',
        RgbdScenes,
    ),
    every=1,
    any_object='object',
    corrections=TABLETOP_CORRECTIONS,
)
_COCO = PictureSuite(
    name='real-coco',
    about='household things on photographs of COCO val2017',
    concepts=(
        Asked.of('bottle'),
        Asked.of('wine glass'),
        Asked.of('cup'),
        Asked.of('fork'),
        Asked.of('knife'),
        Asked.of('spoon'),
        Asked.of('bowl'),
        Asked.of('banana'),
        Asked.of('apple'),
        Asked.of('orange'),
        Asked.of('scissors'),
        Asked.of('book'),
        Asked.of('laptop'),
        Asked.of('mouse'),
        Asked.of('remote'),
        Asked.of('keyboard'),
        Asked.of('cell phone'),
        Asked.of('vase'),
        Asked.of('toothbrush'),
    ),
    layout=_coco_layout('coco'),
)
_TOOLS = PictureSuite(
    name='real-tools',
    about='hand tools, photographs and catalog pictures',
    concepts=(
        Asked.of('screwdriver'),
        Asked.of('wrench', 'adjustable wrench', 'gas wrench'),
        Asked.of('hammer'),
        Asked.of('pliers', 'cutting pliers', 'needle-nose pliers'),
        Asked.of('ratchet'),
        Asked.of('tape measure'),
        Asked.of('utility knife'),
    ),
    layout=_coco_layout('tools'),
)

_FILM_EVERY = 3
"""A film of a hundred frames takes a hundred times as long as a picture."""
_PAN = PanSuite(
    name='real-pan',
    about='films of every third of these scenes: a thing leaves the picture and returns',
    layout=_TABLETOP.layout,
    asked={_TABLETOP.any_object: ()},
    every=_FILM_EVERY,
)
_PAN_NAMES = PanSuite(
    name='real-pan-names',
    about='the same films, asked by name',
    layout=_TABLETOP.layout,
    asked={concept.word: concept.names for concept in _TABLETOP.concepts},
    every=_FILM_EVERY,
    corrections=TABLETOP_CORRECTIONS,
)
_PAN_BOXES = PanSuite(
    name='real-pan-boxes',
    about='the same films, each thing shown by its box when it is first in view',
    layout=_TABLETOP.layout,
    asked={},
    every=_FILM_EVERY,
)

REAL_SUITES: Mapping[str, RealSuite] = {
    suite.name: suite for suite in (_TABLETOP, _COCO, _TOOLS, _PAN, _PAN_NAMES, _PAN_BOXES)
}
"""By name."""


def tabletop_scenes(root: Path) -> FrameSet:
    """Return the scenes of ``real-tabletop`` with depth and camera.

    Args:
        root: Their folder, or that of the whole pack.

    Raises:
        SequenceError: If the folder is not laid out as it should be; the message says how.
    """
    return _TABLETOP.layout.open(root, _TABLETOP.name)
