"""Clicks, boxes and earlier masks as SAM 3's tracker reads them."""

from __future__ import annotations

import math

from installed import needs
import pytest
import torch
from tracker_layout import (
    GRID,
    WIDTH,
    relative,
    tiny_memory,
    tiny_tracker,
    upstream_neck,
    upstream_state,
    vision_neck,
)

from efficientsam3_ros.model.memory.prompts import (
    FIRST_CORNER,
    INSIDE,
    LAST_CORNER,
    NO_POINT,
    OUTSIDE,
    PromptCode,
    Prompts,
)
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.weights.conversion import convert_prompts, convert_tracker
from efficientsam3_ros.model.weights.report import IncompleteError


def test_a_click_in_the_middle_by_hand():
    code = PromptCode(4, masks=False)
    code.labels.copy_(torch.arange(16.0).view(4, 4))
    fourier = torch.tensor([[1.0, 0.25], [0.0, 0.5]])
    points = torch.tensor([[[0.5, 0.5], [0.75, 0.75], [0.1, 0.9]]])
    labels = torch.tensor([[INSIDE, OUTSIDE, NO_POINT]])
    read = code(Prompts(points, labels), fourier, torch.full((1, 4), 7.0), (2, 2))
    # The centre of the picture is the origin: sine 0, cosine 1.
    assert read.tokens[0, 0].tolist() == [4, 5, 7, 8]
    # A quarter to the right and below: (0.5, 0.5) times the frequencies, in turns.
    angles = [2 * math.pi * 0.5, 2 * math.pi * 0.375]
    wanted = [math.sin(a) for a in angles] + [math.cos(a) for a in angles]
    torch.testing.assert_close(read.tokens[0, 1], torch.tensor(wanted) + torch.arange(4.0))
    assert read.tokens[0, 2].tolist() == [7] * 4
    assert read.dense is None and read.single


def test_the_drawn_code_is_the_same_every_time_and_learns_nothing():
    first, second = PromptCode.drawn(8), PromptCode.drawn(8)
    assert torch.equal(first.labels, second.labels) and len(first.labels.unique()) == 32
    assert not list(first.parameters())


@pytest.fixture(scope='module')
def reference():
    return tiny_tracker()


@pytest.fixture(scope='module')
def keys(reference):
    neck = vision_neck(WIDTH)
    return upstream_state(reference.state_dict()) | upstream_neck(neck.state_dict())


@pytest.fixture(scope='module')
def ours(keys):
    memory = VideoMemory(tiny_memory())
    memory.load_state_dict(convert_tracker(keys, tiny_memory())[0], strict=True)
    return memory.eval(), convert_prompts(keys, WIDTH)


def noise(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


PIXELS = [[3.0, 5.0], [40.0, 20.0], [11.0, 50.0]]


@needs('transformers')
@pytest.mark.parametrize('count', [1, 2, 3])
@pytest.mark.parametrize('told', [False, True], ids=['', 'with a mask'])
def test_answers_to_clicks_are_those_of_transformers(reference, ours, count, told):
    memory, code = ours
    labels = [INSIDE, OUTSIDE, INSIDE][:count]
    mask = noise(1, 4 * GRID, 4 * GRID) * 3 if told else None
    levels = (noise(1, WIDTH, 16, 16), noise(1, WIDTH, 8, 8))
    frame, step = noise(1, GRID * GRID, WIDTH), memory.track_step
    side = reference.prompt_encoder.input_image_size
    points = (torch.tensor([PIXELS[:count]]) + 0.5) / side
    with torch.inference_mode():
        for head in (
            reference.mask_decoder.pred_obj_score_head.proj_out,
            step.mask_decoder.object_head.last,
        ):
            head.bias.fill_(1e3)  # in view; else the reference blanks its masks
        asked = step.mask_decoder.read(Prompts(points, torch.tensor([labels]), mask), code)
        found = step.answer(*levels, frame, asked)
        decoder = reference.mask_decoder
        wanted = reference._single_frame_forward(
            image_embeddings=[
                decoder.conv_s0(levels[0]),
                decoder.conv_s1(levels[1]),
                frame[0].T.reshape(1, WIDTH, GRID, GRID),
            ],
            input_points=torch.tensor([[PIXELS[:count]]]),
            input_labels=torch.tensor([[labels]]),
            input_masks=None if mask is None else mask[:, None],
            multimask_output=count == 1,
        )
    assert found.qualities.shape == (1, 3 if count == 1 else 1)
    assert relative(found.qualities, wanted.iou_scores[0]) < 1e-5
    best = found.qualities.argmax(1)
    assert relative(found.mask_logits[0, best], wanted.pred_masks[0]) < 1e-5
    assert relative(found.pointers[0, best], wanted.object_pointer[0]) < 1e-5


@needs('transformers')
def test_a_box_is_two_corners(reference, ours):
    memory, code = ours
    side = reference.prompt_encoder.input_image_size
    box = torch.tensor([[[3.0, 5.0, 40.0, 20.0]]])
    corners = (box.view(1, 2, 2) + 0.5) / side
    labels = torch.tensor([[FIRST_CORNER, LAST_CORNER]])
    with torch.inference_mode():
        found = memory.track_step.mask_decoder.read(Prompts(corners, labels), code)
        wanted, _ = reference.prompt_encoder(None, None, box, None)
    # The last of the reference's three is "not a point", which our decoder adds.
    torch.testing.assert_close(found.tokens, wanted[0, :, :2], atol=1e-5, rtol=1e-5)
    assert found.single


def test_a_frame_without_memory_is_what_an_empty_one_leaves(ours):
    from efficientsam3_ros.model.memory.bank import MemoryBank

    step, level_2 = ours[0].track_step, noise(1, WIDTH, GRID, GRID)
    with torch.inference_mode():
        empty = step.condition(level_2, MemoryBank.empty(tiny_memory(), 2))
        assert torch.equal(step.without_memory(level_2, 2), empty)


def test_a_tracker_without_prompts_is_refused(keys):
    name = 'tracker.sam_prompt_encoder.point_embeddings.2.weight'
    with pytest.raises(IncompleteError, match='point_embeddings'):
        convert_prompts({k: v for k, v in keys.items() if k != name}, WIDTH)
