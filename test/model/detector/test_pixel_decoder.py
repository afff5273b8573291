"""The mask head's shortcut gives the masks of the long way."""

from __future__ import annotations

from sam3_heads import TINY, randomize
import torch

from efficientsam3_ros.model.detector.pixel_decoder import PixelMaskHead


def test_folding_the_projection_onto_the_queries_keeps_the_masks():
    head = PixelMaskHead(TINY).eval()
    randomize(head)
    pixels, queries = torch.randn(2, TINY.width, 8, 12), torch.randn(2, 3, TINY.width)
    with torch.no_grad():
        projected = head.instance_projection(pixels)
        expected = torch.einsum('kqc,kchw->kqhw', head.mask_embedder(queries), projected)
        masks = head.instances(queries, pixels)
    torch.testing.assert_close(masks, expected, atol=1e-4, rtol=1e-4)
