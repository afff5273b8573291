"""Exemplars become prompt tokens; what empty slots, labels and places do."""

from __future__ import annotations

import pytest
from sam3_heads import TINY, randomize
import torch
from torch import Tensor

from efficientsam3_ros.model.detector.geometry_encoder import GeometryEncoder
from efficientsam3_ros.model.layers.layers import sine_code

GRID = 6


@pytest.fixture(scope='module')
def encoder() -> GeometryEncoder:
    encoder = GeometryEncoder(TINY).eval()
    randomize(encoder)
    return encoder


@pytest.fixture(scope='module')
def level() -> Tensor:
    return torch.randn(1, TINY.width, GRID, GRID, generator=torch.Generator().manual_seed(1))


def encode(
    encoder: GeometryEncoder,
    level: Tensor,
    boxes: list,
    points: list,
    box_labels: list | None = None,
    point_labels: list | None = None,
    box_valid: list | None = None,
) -> tuple[Tensor, Tensor]:
    """Encode one prompt; labels and slots default to positive and used."""
    with torch.no_grad():
        return encoder(
            level,
            torch.tensor(boxes, dtype=torch.float32).reshape(1, -1, 4),
            torch.tensor([box_labels or [1] * len(boxes)], dtype=torch.long),
            torch.tensor([box_valid or [1.0] * len(boxes)]),
            torch.tensor(points, dtype=torch.float32).reshape(1, -1, 2),
            torch.tensor([point_labels or [1] * len(points)], dtype=torch.long),
            torch.ones(1, len(points)),
        )


BOX, OTHER = [0.3, 0.4, 0.2, 0.3], [0.7, 0.6, 0.5, 0.2]


def test_a_prompt_without_exemplars_still_has_its_cls_token(encoder, level):
    tokens, mask = encode(encoder, level, [], [])
    assert tokens.shape == (1, 1, TINY.width) and mask.tolist() == [[1.0]]


def test_empty_slots_change_nothing(encoder, level):
    alone, _ = encode(encoder, level, [BOX], [])
    tokens, mask = encode(encoder, level, [BOX, OTHER], [], box_valid=[1.0, 0.0])
    assert mask.tolist() == [[1.0, 0.0, 1.0]]
    torch.testing.assert_close(tokens[:, [0, 2]], alone, atol=1e-5, rtol=1e-4)


def test_tokens_come_in_the_order_boxes_points_cls(encoder, level):
    tokens, _ = encode(encoder, level, [BOX], [[0.2, 0.7]])
    moved, _ = encode(encoder, level, [BOX], [[0.8, 0.1]])
    change = (tokens - moved).abs().amax(-1)[0]
    assert change.argmax() == 1 and tokens.shape[1] == 3


@pytest.mark.parametrize(
    'first, second',
    [
        (([BOX], []), ([OTHER], [])),
        (([], [[0.2, 0.7]]), ([], [[0.7, 0.2]])),
        (([BOX], [], [1]), ([BOX], [], [0])),
        (([], [[0.2, 0.7]], None, [1]), ([], [[0.2, 0.7]], None, [0])),
    ],
)
def test_place_and_label_matter(encoder, level, first, second):
    a, b = encode(encoder, level, *first)[0], encode(encoder, level, *second)[0]
    assert (a - b).abs().max() > 1e-2


def test_a_point_is_its_place_and_the_feature_under_it(encoder):
    features = torch.randn(1, TINY.width, GRID, GRID)
    point = torch.tensor([[[(4 + 0.5) / GRID, (1 + 0.5) / GRID]]])
    with torch.no_grad():
        token = encoder._points(features, point)[0, 0]
        code = torch.cat([sine_code(point[0, 0, i : i + 1], TINY.width // 2) for i in (0, 1)])
        expected = (
            encoder.points_direct_project(point[0, 0])
            + encoder.points_pos_enc_project(code)
            + encoder.points_pool_project(features[0, :, 1, 4])
        )
    torch.testing.assert_close(token, expected, atol=1e-5, rtol=1e-4)
