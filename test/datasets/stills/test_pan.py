"""Films of stills: masks move with the picture, an object leaves and returns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
import pickle

import numpy as np
import pytest

from efficientsam3_ros.core import Frame, FrameResult
from efficientsam3_ros.core.id_image import object_masks, true_instance
from efficientsam3_ros.datasets.sequence import PartlyLabeled, SequenceError, TruthKind
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame
from efficientsam3_ros.datasets.stills.pan import FPS, HEIGHT, WIDTH, PanFilm

THINGS = {'object': ()}
NAMES = {'box': ('box', 'carton'), 'tin': ('can', 'tin'), 'mug': ('mug',)}


@dataclass(frozen=True)
class BlockStill:
    """Three blocks whose red is 80 times their id; nothing is known of the upper part."""

    name: str = 'blocks'
    nouns: tuple[str, ...] = ('box', 'can', 'mug')
    files: tuple[Path, ...] = ()

    def content(self) -> Iterator[bytes]:
        yield repr(self).encode()

    def read(self) -> LabeledFrame:
        ids = np.zeros((240, 320), np.uint16)
        ids[120:160, 80:120] = 1
        ids[130:170, 130:170] = 2
        ids[130:160, 180:220] = 3
        rgb = np.repeat((80 * ids).astype(np.uint8)[..., None], 3, axis=2)
        unlabeled = np.zeros(ids.shape, bool)
        unlabeled[:100] = True
        names = {1: 'box', 2: 'box', 3: 'can'}
        items = [true_instance(n, names[n], mask) for n, mask in object_masks(ids).items()]
        truth = FrameResult(1, 'camera', 240, 320, 1, tuple(items))
        return LabeledFrame(self.name, Frame(rgb, 1, 'camera'), truth, self.nouns, unlabeled)


def test_masks_move_with_the_picture():
    film = PanFilm(BlockStill(), THINGS)
    pairs = list(zip(film.frames(), film.truth(), strict=True))
    assert len(pairs) == film.expected_frames
    assert 5 * FPS <= len(pairs) <= 10 * FPS
    assert np.diff([frame.stamp_ns for frame, _ in pairs]) == pytest.approx(1e9 / FPS, abs=1)
    for frame, truth in pairs[::7]:
        assert frame.stamp_ns == truth.stamp_ns
        assert frame.rgb.shape == (HEIGHT, WIDTH, 3)
        for item in truth.instances:
            inside = frame.rgb[..., 0][item.mask.decode()]
            assert np.median(inside) == 80 * item.track_id
            assert (np.abs(inside - 80.0 * item.track_id) > 40).mean() < 0.05


def test_an_object_leaves_and_returns_under_its_id():
    film = PanFilm(BlockStill(), THINGS)
    seen = [film.leaving in {item.track_id for item in truth.instances} for truth in film.truth()]
    stretches = [(there, len(list(run))) for there, run in groupby(seen)]
    assert [there for there, _ in stretches] == [True, False, True]
    assert stretches[1][1] >= FPS
    others = {item.track_id for truth in film.truth() for item in truth.instances}
    assert others == {1, 2, 3}


def test_each_question_has_its_own_truth():
    names = PanFilm(BlockStill(), NAMES)
    assert names.concepts == ('box', 'tin', 'mug')
    first = next(names.truth())
    assert [item.concept for item in first.instances] == ['box', 'box', 'tin']
    mended = next(PanFilm(BlockStill(), NAMES, {2: 'mug'}).truth())
    assert [item.concept for item in mended.instances] == ['box', 'tin', 'mug']
    boxes = PanFilm(BlockStill(), {})
    assert (boxes.truth_kind, boxes.concepts) == (TruthKind.OBJECTS, ())
    first = next(boxes.truth())
    assert [item.concept for item in first.instances] == ['object 1', 'object 2', 'object 3']
    things = PanFilm(BlockStill(), THINGS)
    assert (things.truth_kind, things.concepts) == (TruthKind.CONCEPTS, ('object',))
    assert len({film.digest for film in (names, boxes, things)}) == 3


def test_what_is_unlabeled_moves_along():
    film = PanFilm(BlockStill(), THINGS)
    assert isinstance(film, PartlyLabeled)
    matrix = film.windows[0].matrix(HEIGHT, WIDTH)
    rows = matrix[1, 0] * np.arange(WIDTH) + matrix[1, 1] * np.arange(HEIGHT)[:, None]
    expected = rows + matrix[1, 2] < 99.5
    silent = list(film.unlabeled())
    assert len(silent) == film.expected_frames
    assert (silent[0].decode() != expected).mean() < 0.005


def test_the_same_still_gives_the_same_pixels_in_any_process():
    film = PanFilm(BlockStill(), THINGS)
    other = pickle.loads(pickle.dumps(PanFilm(BlockStill(), THINGS)))
    assert film.digest == other.digest
    for mine, its in islice(zip(film.frames(), other.frames()), 5):
        assert np.array_equal(mine.rgb, its.rgb)
    assert len(pickle.dumps(film)) < 20_000, 'a film holds parameters, no pictures'
    assert film.digest != PanFilm(BlockStill('elsewhere'), THINGS).digest


def test_a_still_that_nothing_can_leave_says_so():
    @dataclass(frozen=True)
    class Wall(BlockStill):
        def read(self) -> LabeledFrame:
            one = true_instance(1, 'box', object_masks(np.ones((240, 320), np.uint16))[1])
            truth = FrameResult(1, 'camera', 240, 320, 1, (one,))
            frame = Frame(np.zeros((240, 320, 3), np.uint8), 1, 'camera')
            return LabeledFrame(self.name, frame, truth, self.nouns)

    film = PanFilm(Wall(), THINGS)
    assert film.leaving == 0
    assert film.notes == (
        'No part of the still leaves an object out; nothing leaves and returns.',
    )
    assert not any(silent.area for silent in film.unlabeled())


def test_a_still_that_cannot_be_read_says_why_when_its_turn_comes():
    @dataclass(frozen=True)
    class Lost(BlockStill):
        def read(self) -> LabeledFrame:
            raise SequenceError('blocks_rgb.jpg is missing; copy the data set again.')

    film = PanFilm(Lost(), THINGS)
    assert film.expected_frames == 0
    with pytest.raises(SequenceError, match='copy the data set'):
        next(film.frames())
