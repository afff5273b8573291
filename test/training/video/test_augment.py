"""Views of a clip: masks go with their things, and nothing changes where nothing is asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny_stage2 import write_sav
import torch

from efficientsam3_ros.model.student import sam3_preprocess
from training.video.augment import (
    UNCHANGED,
    ClipAugmentation,
    warped_mask,
    warped_picture,
)
from training.video.frames import FramesDraw
from training.video.pieces import open_pieces

DRAW = FramesDraw(sam3_preprocess(128), grid=32, objects=1, augmentation=UNCHANGED, whole=True)


@pytest.fixture(scope='module')
def read(tmp_path_factory):
    return open_pieces([write_sav(tmp_path_factory.mktemp('sav'), videos=1)], 2)[0].read()


def drawn(read, seed=0, **changes):
    augmentation = replace(UNCHANGED, **changes)
    return replace(DRAW, augmentation=augmentation)(read, np.random.default_rng(seed))


def test_without_augmentation_the_clip_is_as_it_is(read):
    (frames, step), batch = read, drawn(read)
    assert step == 4 and batch.age_step.tolist() == [4]
    wanted = torch.from_numpy(DRAW.preprocess(frames[1][0]))[0]
    assert torch.equal(batch.images[0, 1], wanted)
    assert float(batch.shares[0, 0]) == pytest.approx(1600 / 96 / 128, abs=1e-3)


@pytest.mark.parametrize('changes', [{'mirror': 1.0}, {'degrees': 25.0}, {'shear': 20.0}])
def test_masks_lie_on_their_things_in_every_frame(read, changes):
    batch = drawn(read, seed=3, **changes)
    plain = drawn(read)
    assert not torch.allclose(batch.masks, plain.masks, atol=0.2)
    for image, mask in zip(batch.images[0], batch.masks[:, 0]):
        red = (image[0] > 0.3) & (image[1] < -0.5)
        cells = red.float().view(32, 4, 32, 4).mean((1, 3))
        union = torch.maximum(cells, mask).sum()
        assert torch.minimum(cells, mask).sum() > 0.85 * union


def test_a_reversed_clip_begins_with_its_end(read):
    batch, plain = drawn(read, reverse=1.0), drawn(read)
    assert torch.equal(batch.images[0, 0], plain.images[0, 1])
    assert torch.equal(batch.masks[0], plain.masks[1])


def test_colors_change_and_places_do_not(read):
    plain = drawn(read)
    for changes in ({'color': 0.1}, {'frame_color': 0.1}, {'gray': 1.0}):
        batch = drawn(read, seed=1, **changes)
        assert torch.equal(batch.masks, plain.masks)
        assert not torch.equal(batch.images, plain.images)
    # Without colors all channels are the same.
    assert float((batch.images[0, :, 0] - batch.images[0, :, 2]).abs().max()) < 0.02


def test_a_mirror_by_hand():
    turn = ClipAugmentation(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0).turned(
        4, 6, np.random.default_rng()
    )
    assert turn.tolist() == [[-1, 0, 5], [0, 1, 0]]
    mask = np.arange(24, dtype=np.float32).reshape(4, 6)
    assert np.array_equal(warped_mask(mask, turn), mask[:, ::-1])
    rgb = np.repeat(mask[..., None], 3, 2).astype(np.uint8)
    assert np.array_equal(warped_picture(rgb, turn), rgb[:, ::-1])


def test_what_is_no_share_or_no_turn_is_refused():
    for changes in ({'mirror': 1.5}, {'color': -0.1}, {'shear': 60.0}, {'degrees': 200.0}):
        with pytest.raises(ValueError, match=r'give 0 to 1|0 to 180'):
            ClipAugmentation(**changes)
