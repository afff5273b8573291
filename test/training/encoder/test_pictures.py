"""Pictures of SA-1B as a step reads them."""

from __future__ import annotations

import numpy as np
from tiny_stage1 import SIZE, write_sa1b
import torch

from efficientsam3_ros.datasets.stills.mask_origin import MaskOrigin
from efficientsam3_ros.model.student import sam3_preprocess
from training.encoder.config import EncoderDataConfig
from training.encoder.data.batch import joined_pictures
from training.encoder.data.opening import split_pictures
from training.encoder.data.pictures import PictureDraw
from training.encoder.prompts.first import FirstPrompt


def test_a_draw_is_the_prepared_picture_with_boxes_of_some_of_its_masks(sa1b):
    train, _ = split_pictures(EncoderDataConfig(str(sa1b)))
    labeled = train[0].read()
    exact = FirstPrompt(box_share=1.0, jitter=0.0)
    draw = PictureDraw(sam3_preprocess(SIZE), exact, masks=2)
    batch = draw(labeled, np.random.default_rng(0))
    assert batch.images.shape == (1, 3, SIZE, SIZE) and batch.trunk.shape == (1, 0)
    expected = sam3_preprocess(SIZE)(labeled.frame.rgb)
    np.testing.assert_array_equal(batch.images.numpy(), expected)
    torch.testing.assert_close(batch.prompts, batch.boxes)
    all_boxes = [item.mask.box_xyxy for item in labeled.truth.instances]
    for x, y, w, h in batch.boxes[0].tolist():
        corners = ((x - w / 2) * 128, (y - h / 2) * 96, (x + w / 2) * 128, (y + h / 2) * 96)
        assert tuple(round(c) for c in corners) in all_boxes
    more = PictureDraw(sam3_preprocess(SIZE), exact, masks=5)(labeled, np.random.default_rng(0))
    assert more.asked.tolist() == [[True] * 3 + [False] * 2]
    assert isinstance(next(iter(labeled.origins.values())), MaskOrigin)


def test_a_batch_keeps_the_order_of_its_pictures(sa1b):
    train, _ = split_pictures(EncoderDataConfig(str(sa1b)))
    draw = PictureDraw(sam3_preprocess(SIZE), FirstPrompt(), masks=1)
    parts = [draw(still.read(), np.random.default_rng(n)) for n, still in enumerate(train[:2])]
    batch = joined_pictures(parts)
    assert batch.boxes.shape == (2, 1, 4)
    assert torch.equal(batch.images[1], parts[1].images[0])
    assert torch.equal(batch.to(torch.device('cpu')).prompts, batch.prompts)


def test_splits_of_the_set_are_kept_apart(tmp_path):
    for split, count in (('train', 3), ('val', 6)):
        write_sa1b(tmp_path / 'all' / split, count)
        for kind, suffix in (('images', 'jpg'), ('annotations', 'json')):
            (tmp_path / kind / split).mkdir(parents=True)
            for path in (tmp_path / 'all' / split).glob(f'*.{suffix}'):
                path.rename(tmp_path / kind / split / path.name)
    train, validation = split_pictures(EncoderDataConfig(str(tmp_path), validation_pictures=2))
    assert len(train) == 3 and len(validation) == 2
    assert {still.picture.parent.name for still in train} == {'train'}
    assert {still.picture.parent.name for still in validation} == {'val'}
