"""The video half against SAM 3's tracker in transformers, with the same random weights."""

from __future__ import annotations

from types import SimpleNamespace

from installed import needs
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F
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

from efficientsam3_ros.model.image.neck_sam3 import Sam3Neck
from efficientsam3_ros.model.memory.bank import MemoryBank
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.weights.conversion import convert_tracker

pytestmark = needs('transformers')

CELLS = GRID * GRID


@pytest.fixture(scope='module')
def reference():
    return tiny_tracker()


@pytest.fixture(scope='module')
def reference_neck():
    neck = vision_neck(WIDTH)
    torch.manual_seed(1)
    for parameter in neck.parameters():
        torch.nn.init.normal_(parameter, std=0.03)
    return neck


@pytest.fixture(scope='module')
def converted(reference, reference_neck):
    keys = upstream_state(reference.state_dict()) | upstream_neck(reference_neck.state_dict())
    return convert_tracker(keys, tiny_memory())


@pytest.fixture(scope='module')
def ours(converted):
    memory = VideoMemory(tiny_memory())
    memory.load_state_dict(converted[0], strict=True)
    return memory.eval()


@torch.inference_mode()
@pytest.mark.parametrize('folded', [False, True])
def test_tracker_reads_the_trunk_through_its_own_neck(
    reference, reference_neck, converted, ours, folded
):
    from transformers import Sam3VideoModel

    neck = Sam3Neck(24, size=56, width=WIDTH, tracker=True).eval()
    levels = {k.removeprefix('image_encoder.neck.'): v for k, v in converted[1].items()}
    neck.load_state_dict({**neck.state_dict(), **levels})
    stride_32 = (torch.randn(1, 24, 2, 2, generator=torch.Generator().manual_seed(2)),)
    trunk = neck.enlarged(stride_32)
    video = SimpleNamespace(tracker_model=reference, tracker_neck=reference_neck)
    output = SimpleNamespace(last_hidden_state=trunk.flatten(2).transpose(1, 2))
    expected, _ = Sam3VideoModel.get_vision_features_for_tracker(video, output)
    found = (neck.fuse() if folded else neck)(stride_32)[3:]
    upscaling = ours.track_step.mask_decoder.upscaling
    seen = (upscaling.lateral_0(found[0]), upscaling.lateral_1(found[1]), found[2])
    for level, reference_level in zip(seen, expected, strict=True):
        assert relative(level.flatten(2).permute(2, 0, 1), reference_level) < 1e-5


@pytest.fixture
def scene() -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(3)

    def noise(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator)

    return {
        'level_0': noise(1, WIDTH, 16, 16),
        'level_1': noise(1, WIDTH, 8, 8),
        'level_2': noise(1, WIDTH, GRID, GRID),
        'masks': noise(2, 16, 16) * 3,
        'memory': noise(2, 8, CELLS, 64),
        'pointers': noise(2, 16, WIDTH),
    }


def reference_read(model, scene, row: int, slots: list[int], pointers: list[int]) -> Tensor:
    """Let the reference read some slots (0, 1 conditioning) and pointers of one object."""
    frames = []
    for slot in slots:
        shape = torch.Size((1, 64, GRID, GRID))
        sine = model.memory_encoder.position_encoding(shape, 'cpu', torch.float32)
        stored = {
            'maskmem_features': scene['memory'][row, slot][:, None],
            'maskmem_pos_enc': sine.flatten(2).permute(2, 0, 1),
        }
        frames.append((0 if slot < 2 else slot - 1, stored))
    values, positions = model._build_memory_attention_inputs(frames, 'cpu')
    tokens = 0
    if pointers:
        chosen = [scene['pointers'][row, p][None] for p in pointers]
        value, position = model._process_object_pointers(
            [p + 1 for p in pointers], chosen, 16, 1, WIDTH, 'cpu'
        )
        tokens = value.shape[0]
        values, positions = [*values, value], [*positions, position]
    frame_shape = torch.Size((1, WIDTH, GRID, GRID))
    sine = type(model.memory_encoder.position_encoding)(WIDTH // 2, normalize=True)
    found = model.memory_attention(
        current_vision_features=scene['level_2'].flatten(2).permute(2, 0, 1),
        current_vision_position_embeddings=sine(frame_shape, 'cpu', torch.float32)
        .flatten(2)
        .permute(2, 0, 1),
        memory=torch.cat(values),
        memory_posision_embeddings=torch.cat(positions),
        num_object_pointer_tokens=tokens,
    )
    return found.reshape(CELLS, WIDTH)


def bank(scene, slots: list[int], pointers: list[int]) -> MemoryBank:
    taken, pointing = torch.zeros(2, 8), torch.zeros(2, 16)
    taken[:, slots], pointing[:, pointers] = 1, 1
    ages = torch.arange(1.0, 17).expand(2, -1)
    return MemoryBank(scene['memory'], taken, scene['pointers'], ages, pointing)


@pytest.mark.parametrize(
    ('slots', 'pointers'),
    [([0], []), ([0, 2, 3], [0, 1]), ([0, 1, 4, 7], [3]), (list(range(8)), list(range(16)))],
    ids=['first frame', 'few frames', 'gaps', 'full'],
)
def test_frame_reads_memory(reference, ours, scene, slots, pointers):
    with torch.inference_mode():
        expected = torch.stack(
            [reference_read(reference, scene, row, slots, pointers) for row in range(2)]
        )
        found = ours.track_step.condition(scene['level_2'], bank(scene, slots, pointers))
    assert relative(found, expected) < 1e-5


def test_frame_without_memory_is_marked(reference, ours, scene):
    with torch.inference_mode():
        found = ours.track_step.condition(scene['level_2'], bank(scene, [], []))
        plain = scene['level_2'].flatten(2).transpose(1, 2)
        expected = plain + reference.no_memory_embedding
    assert torch.equal(found, expected.expand(2, -1, -1))


@pytest.mark.parametrize('visible', [True, False])
def test_masks_and_pointers(reference, ours, scene, visible):
    with torch.inference_mode():
        full = bank(scene, list(range(8)), list(range(16)))
        levels = [scene[f'level_{n}'] for n in range(3)]
        for head in (
            reference.mask_decoder.pred_obj_score_head.proj_out,
            ours.track_step.mask_decoder.object_head.last,
        ):
            head.bias.fill_(1e3 if visible else -1e3)
        frame = ours.track_step.condition(levels[2], full)
        found = ours.track_step.hypotheses(*levels, full)
        masks, quality, score, pointer = ours.track_step(*levels, *vars(full).values())
        for row in range(2):
            decoder = reference.mask_decoder
            expected = reference._single_frame_forward(
                image_embeddings=[
                    decoder.conv_s0(levels[0]),
                    decoder.conv_s1(levels[1]),
                    frame[row].T.reshape(1, WIDTH, GRID, GRID),
                ],
                multimask_output=True,
            )
            assert relative(found.qualities[row], expected.iou_scores[0, 0]) < 1e-5
            assert relative(quality[row], expected.iou_scores.max()) < 1e-5
            assert relative(pointer[row], expected.object_pointer[0, 0]) < 1e-5
            assert float(score[row]) == float(visible)
            if visible:
                assert relative(masks[row], expected.pred_masks[0, 0]) < 1e-5


def test_memory_is_written(reference, ours, scene):
    with torch.inference_mode():
        score = torch.tensor([0.9, 0.1])
        # The reference says that an object is not there by a mask of -1024.
        seen = torch.where(score[:, None, None] > 0.5, scene['masks'], torch.tensor(-1024.0))
        large = F.interpolate(seen[:, None], (64, 64), mode='bilinear')
        expected, _ = reference.memory_encoder(
            scene['level_2'].expand(2, -1, -1, -1), large.sigmoid() * 20 - 10
        )
        hidden = reference.occlusion_spatial_embedding_parameter[..., None, None]
        expected = expected + hidden * (score <= 0.5)[:, None, None, None]
        found = ours.memorise(scene['level_2'], scene['masks'], score)
    assert relative(found, expected.flatten(2).transpose(1, 2)) < 1e-5
