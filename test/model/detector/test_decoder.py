"""Boxes of the decoder's layers."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from efficientsam3_ros.model.detector.decoder import Decoded, Decoder

START = torch.tensor([[[0.3, 0.4, 0.2, 0.1], [0.7, 0.5, 0.3, 0.6]]])


def decode(refine: bool) -> Decoded:
    torch.manual_seed(0)
    decoder = Decoder(width=8, heads=2, hidden=16, layers=2, code=2, refine=refine)
    if decoder.box_head is not None:
        torch.nn.init.normal_(decoder.box_head.last.weight)
    memory, prompt = torch.randn(1, 12, 8), torch.randn(1, 3, 8)
    bias = torch.zeros(1, 1, 1, 3)
    place: Tensor = torch.randn(1, 12, 8)
    return decoder(torch.randn(1, 2, 8), START, memory, place, (3, 4), prompt, bias)


@pytest.mark.parametrize('refine', [True, False])
def test_boxes_move_only_where_layers_refine_them(refine):
    boxes = decode(refine).boxes
    assert len(boxes) == 2
    assert all(torch.equal(layer, START) is not refine for layer in boxes)


def test_without_refinement_their_errors_reach_the_detector_that_gave_them():
    start = START.clone().requires_grad_()
    torch.manual_seed(0)
    decoder = Decoder(width=8, heads=2, hidden=16, layers=1, code=2, refine=False)
    tokens = torch.randn(1, 12, 8)
    found = decoder(
        torch.randn(1, 2, 8), start, tokens, tokens, (3, 4), tokens, torch.zeros(1, 1, 1, 12)
    )
    found.boxes[-1].sum().backward()
    assert start.grad is not None and start.grad.abs().sum() > 0


def test_queries_apart_see_nobody_and_nobody_sees_them():
    torch.manual_seed(0)
    decoder = Decoder(width=8, heads=2, hidden=16, layers=2, code=2).eval()
    content, tokens = torch.randn(1, 2, 8), torch.randn(1, 12, 8)
    seen = (tokens, tokens, (3, 4), tokens, torch.zeros(1, 1, 1, 12))
    twice, boxes = torch.cat([content, content], 1), torch.cat([START, START], 1)
    changed = twice.clone()
    changed[0, 2] = torch.randn(8)
    with torch.no_grad():
        alone = decoder(content, START, *seen)
        found = decoder(twice, boxes, *seen, apart=2)
        other = decoder(changed, boxes, *seen, apart=2)
    torch.testing.assert_close(found.queries[-1][:, :2], alone.queries[-1])
    torch.testing.assert_close(found.presence, alone.presence)
    # The same content, without self-attention, becomes something else.
    assert not torch.allclose(found.queries[-1][:, 2:], alone.queries[-1], atol=1e-2)
    moved = (other.queries[-1] - found.queries[-1]).abs().amax(-1)[0] > 1e-5
    assert moved.tolist() == [False, False, True, False]
